import { parseArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { invalidParameterValue, resourceNotFound } from './errors.ts';
import { alarmKey, type AlarmRecord, alarms } from './tables.ts';

/** The alarm that a ResourceARN names. Throws InvalidParameterValueException or ResourceNotFoundException. */
export function alarmWithArn(reader: Reader, scope: Scope, resourceArn: string): AlarmRecord {
  const arn = parseArn(resourceArn);
  if (arn?.service !== 'cloudwatch')
    throw invalidParameterValue(`${resourceArn.slice(0, 1024)} is no ARN of CloudWatch.`);
  const name = arn.resource.startsWith('alarm:') ? arn.resource.slice('alarm:'.length) : undefined;
  const isHere = arn.accountId === scope.accountId && arn.region === scope.region;
  const alarm = name !== undefined && isHere ? reader.get(alarms, alarmKey(scope, name)) : undefined;
  if (!alarm) throw resourceNotFound(resourceArn);
  return alarm;
}
