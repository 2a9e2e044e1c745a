import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { registries, type RegistryRecord } from './tables.ts';

/** What an account has set for its registry; nothing at first. */
export function registryRecord(reader: Reader, { accountId, region }: Scope): RegistryRecord {
  const present = reader.get(registries, scopeKey({ accountId, region }));
  return present ?? { accountId, region, replicationRules: [], settings: {}, pullTimeExclusions: {} };
}
