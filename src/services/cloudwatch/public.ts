import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { type AlarmRecord, type AlarmState, alarmKey, alarms } from './tables.ts';

/** The state of an alarm, undefined when there is no alarm of that name. */
export function alarmState(reader: Reader, scope: Scope, name: string): AlarmState | undefined {
  return reader.get(alarms, alarmKey(scope, name))?.state.value;
}

/** Over how long an alarm looks before it changes its state, in milliseconds: a deployment that asks for no bake time bakes so long. */
export function alarmSpanMs(reader: Reader, scope: Scope, name: string): number | undefined {
  const alarm = reader.get(alarms, alarmKey(scope, name));
  return alarm && spanSeconds(alarm) * 1000;
}

function spanSeconds({ configuration }: AlarmRecord): number {
  const periods = [configuration.periodSeconds, ...configuration.metrics.map(queryPeriodSeconds)];
  const longest = Math.max(...periods.filter((period) => period !== undefined), shortestPeriodSeconds);
  return longest * configuration.evaluationPeriods;
}

function queryPeriodSeconds(query: AlarmRecord['configuration']['metrics'][number]): number | undefined {
  return query.MetricStat?.Period ?? query.Period;
}

/** High-resolution metrics are looked at every ten seconds. */
const shortestPeriodSeconds = 10;

/** Watched by whoever acts on alarms. */
export { alarms, type AlarmState };
