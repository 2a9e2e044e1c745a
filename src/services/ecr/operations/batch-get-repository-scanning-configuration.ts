import type {
  BatchGetRepositoryScanningConfigurationRequest,
  BatchGetRepositoryScanningConfigurationResponse,
  RepositoryScanningConfiguration,
  RepositoryScanningConfigurationFailure,
} from '@aws-sdk/client-ecr';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { repositories, repositoryKey } from '../tables.ts';
import { scanningView } from '../views.ts';

export const batchGetRepositoryScanningConfiguration: Operation<
  BatchGetRepositoryScanningConfigurationRequest,
  BatchGetRepositoryScanningConfigurationResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const scanningConfigurations: Answer<RepositoryScanningConfiguration>[] = [];
    const failures: Answer<RepositoryScanningConfigurationFailure>[] = [];
    for (const repositoryName of input.repositoryNames) {
      const repository = reader.get(repositories, repositoryKey(call, repositoryName));
      if (repository) {
        scanningConfigurations.push(scanningView(reader, repository));
      } else {
        failures.push({ repositoryName, failureCode: 'REPOSITORY_NOT_FOUND', failureReason: 'REPOSITORY_NOT_FOUND' });
      }
    }
    return { scanningConfigurations, failures };
  });
