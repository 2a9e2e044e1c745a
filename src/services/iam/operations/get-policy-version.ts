import type { GetPolicyVersionRequest, GetPolicyVersionResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';
import { anyPolicy, versionNamed } from '../managed-policies.ts';
import { awsPoliciesSince, versionView } from '../views.ts';

export const getPolicyVersion: Operation<GetPolicyVersionRequest, GetPolicyVersionResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const found = anyPolicy(reader, call, input.PolicyArn);
    if ('own' in found) {
      const version = versionNamed(found.own, input.VersionId);
      return { PolicyVersion: versionView(version, version.versionId === found.own.defaultVersionId, 'whole') };
    }
    if (input.VersionId !== 'v1') {
      throw noSuchEntity(`Policy ${input.PolicyArn} version ${input.VersionId} does not exist or is not attachable.`);
    }
    const version = { versionId: 'v1', document: found.aws.document, createdAt: awsPoliciesSince };
    return { PolicyVersion: versionView(version, true, 'whole') };
  });
