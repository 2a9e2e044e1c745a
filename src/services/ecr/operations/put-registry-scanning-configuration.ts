import type {
  PutRegistryScanningConfigurationRequest,
  PutRegistryScanningConfigurationResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { invalidParameter, notBuilt } from '../errors.ts';
import { registryRecord } from '../registry-record.ts';
import { registries, type ScanningConfiguration } from '../tables.ts';
import { rulesView } from './get-registry-scanning-configuration.ts';

/** Basic scanning is taken, and images that should have been scanned say that they could not be. */
export const putRegistryScanningConfiguration: Operation<
  PutRegistryScanningConfigurationRequest,
  PutRegistryScanningConfigurationResponse
> = async (input, { call, store }) => {
  const { scanType = 'BASIC', rules = [] } = input;
  if (scanType !== 'BASIC') throw notBuilt('enhanced scanning, which is done by Amazon Inspector');
  if (rules.length > 2) {
    throw invalidParameter(
      "Invalid parameter at 'rules' failed to satisfy constraint: 'Member must have length less than or equal to 2'",
    );
  }
  for (const { scanFrequency } of rules) {
    if (scanFrequency === 'SCAN_ON_PUSH' || scanFrequency === 'MANUAL') continue;
    throw invalidParameter(
      `Invalid parameter at 'rules' failed to satisfy constraint: 'scanFrequency ${scanFrequency} is not one of scanType BASIC'`,
    );
  }
  const scanning: ScanningConfiguration = { scanType, rules };
  await store.update((tx) => tx.put(registries, { ...registryRecord(tx, call), scanning }));
  return { registryScanningConfiguration: { scanType: 'BASIC', rules: rulesView(scanning) } };
};
