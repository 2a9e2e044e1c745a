import type { Reconciler } from '../../../control/reconciler.ts';
import { secretKey, secrets, versionKey, versions } from '../tables.ts';

/** Deletes a secret with all its versions when its recovery window is over. */
export const scheduledDeletions: Reconciler = {
  name: 'secretsmanager.scheduled-deletions',
  wakes: [{ table: secrets, keys: (_reader, key) => [key] }],
  *all(reader) {
    for (const secret of reader.list(secrets))
      if (secret.deletionAt !== undefined) yield secretKey(secret, secret.name);
  },
  reconcile: (tx, env, key) => {
    const secret = tx.get(secrets, key);
    if (secret?.deletionAt === undefined) return undefined;
    if (secret.deletionAt > env.now) return { afterMs: secret.deletionAt - env.now };
    for (const version of Array.from(tx.find(versions, 'secret', key))) {
      tx.delete(versions, versionKey(version, version.secretName, version.versionId));
    }
    tx.delete(secrets, key);
    return undefined;
  },
};
