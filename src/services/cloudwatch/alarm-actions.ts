import type { Scope } from '../../core/scope.ts';
import type { Store } from '../../store/store.ts';
import { checkAlarmNames } from './rules/alarm-names.ts';
import { alarmKey, alarms } from './tables.ts';

/** Lets the actions of alarms run, or not. Names of no alarm are passed over, as the operations model no error for them. */
export async function setActionsEnabled(
  store: Store,
  scope: Scope,
  names: readonly string[],
  actionsEnabled: boolean,
): Promise<void> {
  checkAlarmNames(names);
  await store.update((tx) => {
    for (const name of names) {
      const alarm = tx.get(alarms, alarmKey(scope, name));
      if (alarm) tx.put(alarms, { ...alarm, actionsEnabled });
    }
  });
}
