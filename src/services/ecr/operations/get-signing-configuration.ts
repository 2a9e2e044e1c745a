import type { GetSigningConfigurationRequest, GetSigningConfigurationResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { signingConfigurationNotFound } from '../errors.ts';

/** None can be put: see PutSigningConfiguration. */
export const getSigningConfiguration: Operation<GetSigningConfigurationRequest, GetSigningConfigurationResponse> = (
  _input,
  { call },
) => {
  throw signingConfigurationNotFound(call.accountId);
};
