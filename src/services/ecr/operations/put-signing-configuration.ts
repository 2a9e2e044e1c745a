import type { PutSigningConfigurationRequest, PutSigningConfigurationResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { notBuilt } from '../errors.ts';

/** Images are signed by AWS Signer with keys that are nowhere else. */
export const putSigningConfiguration: Operation<
  PutSigningConfigurationRequest,
  PutSigningConfigurationResponse
> = () => {
  throw notBuilt('the signing of images, which is done by AWS Signer');
};
