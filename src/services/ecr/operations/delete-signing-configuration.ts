import type { DeleteSigningConfigurationRequest, DeleteSigningConfigurationResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { signingConfigurationNotFound } from '../errors.ts';

export const deleteSigningConfiguration: Operation<
  DeleteSigningConfigurationRequest,
  DeleteSigningConfigurationResponse
> = (_input, { call }) => {
  throw signingConfigurationNotFound(call.accountId);
};
