/** What the operations of CloudWatch ask of IAM. */
import { type Permissions, plainTags, requestTagConditions, resourceTagConditions } from '../../aws/permission.ts';
import type { Call } from '../../aws/operation.ts';
import { formatArn } from '../../core/arn.ts';
import { alarmKey, alarms } from './tables.ts';

/** The members by which requests name alarms and tags. */
interface Named {
  readonly AlarmName?: string;
  readonly AlarmNames?: readonly string[];
  readonly ResourceARN?: string;
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly TagKeys?: readonly string[];
}

const onAlarms =
  (operation: string): Permissions<Named> =>
  (input, { call, reader }) => {
    const named = input.AlarmName === undefined ? (input.AlarmNames ?? ['*']) : [input.AlarmName];
    return named.map((name) => ({
      action: `cloudwatch:${operation}`,
      resources: [alarmArn(call, name)],
      conditions: {
        ...resourceTagConditions(
          Object.entries(reader.get(alarms, alarmKey(call, name))?.tags ?? {}).map(([key, value]) => ({ key, value })),
        ),
        ...brought(input),
      },
    }));
  };

const onArn =
  (operation: string): Permissions<Named> =>
  (input) => [{ action: `cloudwatch:${operation}`, resources: [input.ResourceARN ?? '*'], conditions: brought(input) }];

export const cloudwatchPermissions: Readonly<Record<string, Permissions<never>>> = {
  DeleteAlarms: onAlarms('DeleteAlarms'),
  DescribeAlarms: onAlarms('DescribeAlarms'),
  DisableAlarmActions: onAlarms('DisableAlarmActions'),
  EnableAlarmActions: onAlarms('EnableAlarmActions'),
  ListTagsForResource: onArn('ListTagsForResource'),
  PutMetricAlarm: onAlarms('PutMetricAlarm'),
  SetAlarmState: onAlarms('SetAlarmState'),
  TagResource: onArn('TagResource'),
  UntagResource: onArn('UntagResource'),
};

function alarmArn(call: Call, name: string): string {
  return formatArn({ ...call, service: 'cloudwatch', resource: `alarm:${name}` });
}

function brought({ Tags, TagKeys }: Named): ReturnType<typeof requestTagConditions> {
  if (TagKeys) return { 'aws:TagKeys': TagKeys };
  return requestTagConditions(plainTags(Tags));
}
