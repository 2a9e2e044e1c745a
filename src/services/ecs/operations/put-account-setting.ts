import type { PutAccountSettingRequest, PutAccountSettingResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { parseArn } from '../../../core/arn.ts';
import { settingPrincipal } from '../effective-setting.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { settingRefusals } from '../rules/account-settings.ts';
import { accountSettings } from '../tables.ts';

/** Sets an account setting for the caller or for a principal of its account. */
export const putAccountSetting: Operation<PutAccountSettingRequest, PutAccountSettingResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  const { name, value } = input;
  throwFirst(settingRefusals(name, value));
  const principalArn = settingPrincipal(call, input.principalArn);
  if (parseArn(principalArn)?.accountId !== call.accountId) {
    throw invalidParameter(`The principal ${principalArn} is not in this account.`);
  }
  return await store.update((tx) => {
    tx.put(accountSettings, { accountId: call.accountId, region: call.region, principalArn, name, value });
    return { setting: { name, value, principalArn, type: 'user' } };
  });
};
