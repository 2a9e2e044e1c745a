import type { GetAccountSettingRequest, GetAccountSettingResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { settingOf } from '../registry-record.ts';

export const getAccountSetting: Operation<GetAccountSettingRequest, GetAccountSettingResponse> = (
  { name },
  { call, store },
) => {
  const value = store.view((reader) => settingOf(reader, call, name));
  return { name, value };
};
