import type {
  RegisterPullTimeUpdateExclusionRequest,
  RegisterPullTimeUpdateExclusionResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { toDate } from '../../../core/instant.ts';
import { exclusionExists, limitExceeded, validationError } from '../errors.ts';
import { registryRecord } from '../registry-record.ts';
import { limits } from '../rules/limits.ts';
import { registries } from '../tables.ts';

export const registerPullTimeUpdateExclusion: Operation<
  RegisterPullTimeUpdateExclusionRequest,
  RegisterPullTimeUpdateExclusionResponse
> = ({ principalArn }, { call, store }) => {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$|^arn:aws[a-z-]*:iam::\d{12}:root$/.test(principalArn)) {
    throw validationError(`'${principalArn.slice(0, 300)}' is no ARN of a principal of IAM.`);
  }
  return store.update((tx, env) => {
    const registry = registryRecord(tx, call);
    const { pullTimeExclusions } = registry;
    if (Object.hasOwn(pullTimeExclusions, principalArn)) throw exclusionExists(principalArn);
    if (Object.keys(pullTimeExclusions).length >= limits.pullTimeExclusions) {
      throw limitExceeded(`A registry has at most ${limits.pullTimeExclusions} pull time update exclusions.`);
    }
    tx.put(registries, { ...registry, pullTimeExclusions: { ...pullTimeExclusions, [principalArn]: env.now } });
    return { principalArn, createdAt: toDate(env.now) };
  });
};
