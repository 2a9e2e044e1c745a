import type {
  DeregisterPullTimeUpdateExclusionRequest,
  DeregisterPullTimeUpdateExclusionResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { exclusionNotFound } from '../errors.ts';
import { registryRecord } from '../registry-record.ts';
import { registries } from '../tables.ts';

export const deregisterPullTimeUpdateExclusion: Operation<
  DeregisterPullTimeUpdateExclusionRequest,
  DeregisterPullTimeUpdateExclusionResponse
> = ({ principalArn }, { call, store }) =>
  store.update((tx) => {
    const registry = registryRecord(tx, call);
    if (!Object.hasOwn(registry.pullTimeExclusions, principalArn)) throw exclusionNotFound(principalArn.slice(0, 300));
    const rest = Object.entries(registry.pullTimeExclusions).filter(([arn]) => arn !== principalArn);
    tx.put(registries, { ...registry, pullTimeExclusions: Object.fromEntries(rest) });
    return { principalArn };
  });
