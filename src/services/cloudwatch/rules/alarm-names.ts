import { constraintBroken } from '../errors.ts';
import { limits } from './limits.ts';

/** Throws ValidationError for what cannot be the name of an alarm. */
export function checkAlarmName(name: string, member = 'alarmName'): void {
  if (name.length < 1) throw constraintBroken(name, member, 'Member must have length greater than or equal to 1');
  if (name.length > limits.nameLength)
    throw constraintBroken(name, member, `Member must have length less than or equal to ${limits.nameLength}`);
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(name)) throw constraintBroken(name, member, 'Member must hold no control characters');
}

/** Throws ValidationError for more names than one request takes, or a name that can be none. */
export function checkAlarmNames(names: readonly string[]): void {
  if (names.length > limits.namesPerRequest) {
    const constraint = `Member must have length less than or equal to ${limits.namesPerRequest}`;
    throw constraintBroken(`[${names.join(', ')}]`, 'alarmNames', constraint);
  }
  for (const name of names) checkAlarmName(name, 'alarmNames');
}
