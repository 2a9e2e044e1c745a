import type { DeleteAccountSettingRequest, DeleteAccountSettingResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { settingPrincipal } from '../effective-setting.ts';
import { throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { settingNameRefusals } from '../rules/account-settings.ts';
import { accountSettings } from '../tables.ts';

/** Takes back what a principal set, so that the account's default holds for it again. */
export const deleteAccountSetting: Operation<
  DeleteAccountSettingRequest,
  DeleteAccountSettingResponse,
  EcsParts
> = async (input, { call, store }) => {
  throwFirst(settingNameRefusals(input.name));
  const principalArn = settingPrincipal(call, input.principalArn);
  return await store.update((tx) => {
    tx.delete(accountSettings, `${scopeKey(call)}/${principalArn}/${input.name}`);
    return { setting: { name: input.name, principalArn, type: 'user' } };
  });
};
