import type { GetAccountSettingRequest, GetAccountSettingResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { registryRecord } from '../registry-record.ts';
import { settingNamed } from '../rules/account-settings.ts';

export const getAccountSetting: Operation<GetAccountSettingRequest, GetAccountSettingResponse> = (
  { name },
  { call, store },
) => {
  const setting = settingNamed(name);
  const { settings } = store.view((reader) => registryRecord(reader, call));
  return { name, value: settings[name] ?? setting.initial };
};
