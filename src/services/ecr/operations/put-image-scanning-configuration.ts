import type { PutImageScanningConfigurationRequest, PutImageScanningConfigurationResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { repositoryNamed } from '../references.ts';
import { repositories } from '../tables.ts';

/** There is no scanner: an image that should have been scanned says so (see noScanner in views.ts). */
export const putImageScanningConfiguration: Operation<
  PutImageScanningConfigurationRequest,
  PutImageScanningConfigurationResponse
> = async (input, { call, store }) => {
  const scanOnPush = input.imageScanningConfiguration.scanOnPush ?? false;
  const { accountId, name } = await store.update((tx) => {
    const repository = repositoryNamed(tx, call, input);
    tx.put(repositories, { ...repository, scanOnPush });
    return repository;
  });
  return { registryId: accountId, repositoryName: name, imageScanningConfiguration: { scanOnPush } };
};
