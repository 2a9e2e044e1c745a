import type { PutAccountSettingRequest, PutAccountSettingResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { registryRecord } from '../registry-record.ts';
import { checkSetting } from '../rules/account-settings.ts';
import { registries } from '../tables.ts';

export const putAccountSetting: Operation<PutAccountSettingRequest, PutAccountSettingResponse> = async (
  { name, value },
  { call, store },
) => {
  checkSetting(name, value);
  await store.update((tx) => {
    const registry = registryRecord(tx, call);
    tx.put(registries, { ...registry, settings: { ...registry.settings, [name]: value } });
  });
  return { name, value };
};
