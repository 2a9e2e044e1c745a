import type { Reconciler } from '../../../control/reconciler.ts';
import type { Reader } from '../../../store/store.ts';
import { dropOldest, outbox, outboxEnd } from '../outbox-tables.ts';
import { limits } from '../rules/limits.ts';

const key = 'all';

/**
 * Drops the oldest events that nothing took in time, a whole round at once: away from the requests, each of which adds
 * to the outbox and none of which pays for its room.
 */
export const outboxRoom: Reconciler = {
  name: 'ecs.outbox-room',
  wakes: [{ table: outbox, keys: (reader) => (isRoundDue(reader) ? [key] : []) }],
  all: () => [key],
  reconcile: (tx) => {
    if (!isRoundDue(tx)) return undefined;
    dropOldest(tx, limits.removalsPerRound);
    return isRoundDue(tx) ? { afterMs: 0 } : undefined;
  },
};

function isRoundDue(reader: Reader): boolean {
  return reader.projected(outboxEnd).records >= limits.outboxRecords + limits.removalsPerRound;
}
