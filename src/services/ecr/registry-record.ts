import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { settingNamed } from './rules/account-settings.ts';
import { registries, type RegistryRecord } from './tables.ts';

/** What an account has set for its registry; nothing at first. */
export function registryRecord(reader: Reader, { accountId, region }: Scope): RegistryRecord {
  const present = reader.get(registries, scopeKey({ accountId, region }));
  return present ?? { accountId, region, replicationRules: [], settings: {}, pullTimeExclusions: {} };
}

/** A setting of the account, as it is before it was ever set as well. Throws InvalidParameterException. */
export function settingOf(reader: Reader, scope: Scope, name: string): string {
  return registryRecord(reader, scope).settings[name] ?? settingNamed(name).initial;
}
