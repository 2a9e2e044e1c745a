import type { SettingName } from '@aws-sdk/client-ecs';
import type { Call } from '../../aws/operation.ts';
import { parseArn } from '../../core/arn.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { accountSettingKinds } from './rules/account-settings.ts';
import { accountSettings } from './tables.ts';

/** What a principal has: its own setting, else the account's, else AWS's default. */
export function effectiveSetting(reader: Reader, scope: Scope, principalArn: string, name: SettingName): string {
  return (
    ownSetting(reader, scope, principalArn, name) ??
    ownSetting(reader, scope, rootArn(scope.accountId), name) ??
    accountSettingKinds[name].byDefault
  );
}

export function ownSetting(reader: Reader, scope: Scope, principalArn: string, name: SettingName): string | undefined {
  return reader.get(accountSettings, `${scopeKey(scope)}/${principalArn}/${name}`)?.value;
}

/** Settings of the root user are the account's defaults. */
export function rootArn(accountId: string): string {
  return `arn:aws:iam::${accountId}:root`;
}

/** The principal a setting belongs to: a session of a role has the role's settings. */
export function settingPrincipal(call: Call, principalArn: string = call.principal.arn): string {
  const arn = parseArn(principalArn);
  const role = arn?.service === 'sts' ? /^assumed-role\/([^/]+)\//.exec(arn.resource)?.[1] : undefined;
  return arn && role ? `arn:${arn.partition}:iam::${arn.accountId}:role/${role}` : principalArn;
}
