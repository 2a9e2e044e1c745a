import type { Scope } from '../../core/scope.ts';
import type { Env, Store } from '../../store/store.ts';
import { keyPendingDeletion, managedByAws } from './errors.ts';
import { keyArn, keyNamed } from './references.ts';
import { type KeyRecord, keys } from './tables.ts';

/** Replaces a customer's key that is not on its way out. Throws NotFoundException and KMSInvalidStateException. */
export function changeKey(
  store: Store,
  scope: Scope,
  reference: string,
  change: (key: KeyRecord, env: Env) => KeyRecord,
): Promise<KeyRecord> {
  return store.update((tx, env) => {
    const key = keyNamed(tx, scope, reference);
    if (key.manager === 'AWS') throw managedByAws(keyArn(key));
    if (key.state === 'PendingDeletion') throw keyPendingDeletion(keyArn(key));
    const changed = change(key, env);
    tx.put(keys, changed);
    return changed;
  });
}
