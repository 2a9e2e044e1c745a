import type { Reconciler } from '../../../control/reconciler.ts';
import { deletedGroups, logStreams } from '../tables.ts';

/** Streams removed in one transaction, within what the smallest journal takes at once. */
const streamsAtOnce = 100;

/** Deletes the streams of a deleted group, some at a time. The key is the group's id. */
export const streamsOfDeletedGroups: Reconciler = {
  name: 'logs.streams-of-deleted-groups',
  wakes: [{ table: deletedGroups, keys: (_reader, groupId) => [groupId] }],
  *all(reader) {
    for (const group of reader.list(deletedGroups)) yield group.id;
  },
  reconcile: (tx, _env, groupId) => {
    if (!tx.get(deletedGroups, groupId)) return undefined;
    const keys: string[] = [];
    for (const stream of tx.find(logStreams, 'group', groupId)) {
      if (keys.length === streamsAtOnce) break;
      keys.push(logStreams.key(stream));
    }
    for (const key of keys) tx.delete(logStreams, key);
    if (keys.length === streamsAtOnce) return { afterMs: 0 };
    tx.delete(deletedGroups, groupId);
    return undefined;
  },
};
