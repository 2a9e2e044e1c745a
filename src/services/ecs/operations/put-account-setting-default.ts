import type { PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { rootArn } from '../effective-setting.ts';
import { throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { settingRefusals } from '../rules/account-settings.ts';
import { accountSettings } from '../tables.ts';

/** Sets an account setting for all principals of the account that have none of their own. */
export const putAccountSettingDefault: Operation<
  PutAccountSettingDefaultRequest,
  PutAccountSettingDefaultResponse,
  EcsParts
> = async (input, { call, store }) => {
  const { name, value } = input;
  throwFirst(settingRefusals(name, value));
  const principalArn = rootArn(call.accountId);
  return await store.update((tx) => {
    tx.put(accountSettings, { accountId: call.accountId, region: call.region, principalArn, name, value });
    return { setting: { name, value, principalArn, type: 'user' } };
  });
};
