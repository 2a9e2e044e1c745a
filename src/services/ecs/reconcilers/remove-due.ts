import type { LookAgain } from '../../../control/reconciler.ts';
import type { SortedKeys } from '../../../store/sorted-keys.ts';
import type { Env, Transaction } from '../../../store/store.ts';
import type { Table } from '../../../store/table.ts';
import { parseTimeKey } from '../projections.ts';
import { limits } from '../rules/limits.ts';

/**
 * Removes the records whose time is `keepMs` or longer ago, oldest first and no more in one round than a transaction
 * can hold; says when the next one is due. `byTime` is a projection of the table: time keys in order.
 */
export function removeDue<R extends object>(
  tx: Transaction,
  env: Env,
  table: Table<R>,
  byTime: SortedKeys,
  keepMs: number,
): LookAgain | undefined {
  const due: string[] = [];
  let again: LookAgain | undefined;
  for (const timed of byTime.after(undefined)) {
    const { at, key } = parseTimeKey(timed);
    const waitMs = Math.max(at + keepMs - env.now, 0);
    if (waitMs > 0 || due.length === limits.removalsPerRound) {
      again = { afterMs: waitMs };
      break;
    }
    due.push(key);
  }
  // Only now: the keys must not be walked while they change.
  for (const key of due) tx.delete(table, key);
  return again;
}
