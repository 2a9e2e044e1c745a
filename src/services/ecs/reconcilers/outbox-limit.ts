import type { Reconciler } from '../../../control/reconciler.ts';
import { lossKey, outbox, outboxLoss, outboxSize } from '../outbox-tables.ts';
import { limits } from '../rules/limits.ts';

/** Drops the oldest events that nobody took while more than the limit wait, and counts them. */
export const outboxLimit: Reconciler = {
  name: 'ecs.outbox-limit',
  wakes: [
    { table: outbox, keys: (reader) => (reader.projected(outboxSize).events > limits.outboxEvents ? [lossKey] : []) },
  ],
  all: (reader) => (reader.projected(outboxSize).events > limits.outboxEvents ? [lossKey] : []),
  reconcile(tx) {
    let excess = tx.projected(outboxSize).events - limits.outboxEvents;
    const dropped: string[] = [];
    let droppedEvents = 0;
    for (const record of tx.list(outbox)) {
      if (excess <= 0 || dropped.length === limits.removalsPerRound) break;
      dropped.push(outbox.key(record));
      droppedEvents += record.events.length;
      excess -= record.events.length;
    }
    if (dropped.length === 0) return undefined;
    for (const key of dropped) tx.delete(outbox, key);
    const before = tx.get(outboxLoss, lossKey)?.droppedEvents ?? 0;
    tx.put(outboxLoss, { key: lossKey, droppedEvents: before + droppedEvents });
    return excess > 0 ? { afterMs: 0 } : undefined;
  },
};
