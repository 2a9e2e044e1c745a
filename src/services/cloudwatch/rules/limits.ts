/** Limits of CloudWatch, from its API reference. */
export const limits = {
  nameLength: 255,
  descriptionLength: 1024,
  stateReasonLength: 1023,
  stateReasonDataLength: 4000,
  actions: 5,
  actionLength: 1024,
  dimensions: 30,
  metrics: 20,
  /** Names in one DescribeAlarms, DeleteAlarms, EnableAlarmActions or DisableAlarmActions. */
  namesPerRequest: 100,
  recordsPerPage: 100,
  defaultRecordsPerPage: 50,
  tags: 50,
  tagKeyLength: 128,
  tagValueLength: 256,
} as const;
