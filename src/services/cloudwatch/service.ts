/**
 * The manifest of CloudWatch: alarms whose state is set by SetAlarmState, as deployments watch them. Metrics are not
 * kept and not evaluated.
 */
import type { Service } from '../../aws/service.ts';
import { deleteAlarms } from './operations/delete-alarms.ts';
import { describeAlarmsForMetric } from './operations/describe-alarms-for-metric.ts';
import { describeAlarms } from './operations/describe-alarms.ts';
import { disableAlarmActions } from './operations/disable-alarm-actions.ts';
import { enableAlarmActions } from './operations/enable-alarm-actions.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { putMetricAlarm } from './operations/put-metric-alarm.ts';
import { setAlarmState } from './operations/set-alarm-state.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { cloudwatchPermissions } from './permissions.ts';
import { alarms } from './tables.ts';

export const cloudwatch: Service = {
  name: 'monitoring',
  model: async () => (await import('../../aws/models/cloudwatch.gen.ts')).model,
  operations: {
    DeleteAlarms: deleteAlarms,
    DescribeAlarms: describeAlarms,
    DescribeAlarmsForMetric: describeAlarmsForMetric,
    DisableAlarmActions: disableAlarmActions,
    EnableAlarmActions: enableAlarmActions,
    ListTagsForResource: listTagsForResource,
    PutMetricAlarm: putMetricAlarm,
    SetAlarmState: setAlarmState,
    TagResource: tagResource,
    UntagResource: untagResource,
  },
  permissions: cloudwatchPermissions,
  actionPrefix: 'cloudwatch',
  tables: [alarms],
  projections: [],
  reconcilers: [],
  parts: undefined,
  sockets: {},
};
