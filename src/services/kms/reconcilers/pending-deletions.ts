import type { Reconciler } from '../../../control/reconciler.ts';
import { aliases, aliasKey, keyKey, keys } from '../tables.ts';

/** Deletes keys, and the aliases that point to them, when their waiting time is over. */
export const pendingDeletions: Reconciler = {
  name: 'kms.pending-deletions',
  wakes: [{ table: keys, keys: (_reader, key) => [key] }],
  *all(reader) {
    for (const key of reader.list(keys)) if (key.deletionAt !== undefined) yield keyKey(key, key.keyId);
  },
  reconcile: (tx, env, recordKey) => {
    const key = tx.get(keys, recordKey);
    if (key?.deletionAt === undefined) return undefined;
    if (key.deletionAt > env.now) return { afterMs: key.deletionAt - env.now };
    for (const alias of Array.from(tx.find(aliases, 'key', recordKey)))
      tx.delete(aliases, aliasKey(alias, alias.aliasName));
    tx.delete(keys, recordKey);
    return undefined;
  },
};
