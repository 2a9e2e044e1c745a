import type {
  GetRegistryScanningConfigurationRequest,
  GetRegistryScanningConfigurationResponse,
  RegistryScanningRule,
} from '@aws-sdk/client-ecr';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { registryRecord } from '../registry-record.ts';
import type { ScanningConfiguration } from '../tables.ts';

export const getRegistryScanningConfiguration: Operation<
  GetRegistryScanningConfigurationRequest,
  GetRegistryScanningConfigurationResponse
> = (_input, { call, store }) => {
  const { scanning } = store.view((reader) => registryRecord(reader, call));
  return { registryId: call.accountId, scanningConfiguration: { scanType: 'BASIC', rules: rulesView(scanning) } };
};

export function rulesView(scanning: ScanningConfiguration | undefined): readonly Answer<RegistryScanningRule>[] {
  return (scanning?.rules ?? []).map(({ scanFrequency, repositoryFilters }) => ({
    scanFrequency: scanFrequency === 'SCAN_ON_PUSH' ? 'SCAN_ON_PUSH' : 'MANUAL',
    repositoryFilters: repositoryFilters.map(({ filter }) => ({ filter, filterType: 'WILDCARD' })),
  }));
}
