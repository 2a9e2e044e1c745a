import type { ListAccountSettingsRequest, ListAccountSettingsResponse, Setting } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { effectiveSetting, ownSetting, settingPrincipal } from '../effective-setting.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import { pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { accountSettingKinds, accountSettingNames, settingNameRefusals } from '../rules/account-settings.ts';
import { limits } from '../rules/limits.ts';

/** The settings that a principal has made or, with effectiveSettings, all that hold for it. */
export const listAccountSettings: Operation<ListAccountSettingsRequest, ListAccountSettingsResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const { size, afterKey = '' } = pageAsked(input, limits.accountSettingsPage);
  throwFirst(settingNameRefusals(input.name));
  if (input.value !== undefined && input.name === undefined) {
    throw invalidParameter('To filter by value, you must also specify a name.');
  }
  const principalArn = settingPrincipal(call, input.principalArn);
  return store.view((reader) => {
    const settings = accountSettingNames
      .filter((name) => name > afterKey && (input.name === undefined || name === input.name))
      .flatMap((name): Setting[] => {
        const value = input.effectiveSettings
          ? effectiveSetting(reader, call, principalArn, name)
          : ownSetting(reader, call, principalArn, name);
        if (value === undefined || (input.value !== undefined && value !== input.value)) return [];
        return [
          { name, value, principalArn, type: accountSettingKinds[name].values.length > 0 ? 'user' : 'aws_managed' },
        ];
      });
    const { items, nextToken } = takePage(settings, size, (setting) => setting.name ?? '');
    return { settings: items, nextToken };
  });
};
