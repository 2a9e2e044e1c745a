/** What the operations of CloudWatch Logs ask of IAM. */
import type { Permissions } from '../../aws/permission.ts';
import { requestTagConditions, resourceTagConditions } from '../../aws/permission.ts';
import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { groupArn } from './references.ts';
import { groupKey, logGroups } from './tables.ts';

/** The members by which requests name a group and its streams. */
interface Named {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logGroupIdentifiers?: readonly string[];
  readonly logStreamName?: string;
  readonly resourceArn?: string;
  readonly tags?: Readonly<Record<string, string>> | readonly string[];
  readonly tagKeys?: readonly string[];
}

/**
 * A group is asked about as its stream without a name: that is why policies for a group end in `:*`. A request about no
 * group in particular asks about the group without a name.
 */
const onStream =
  (operation: string): Permissions<Named> =>
  (input, { call, reader }) => {
    const groups = input.logGroupIdentifiers ?? [input.logGroupIdentifier ?? input.logGroupName ?? ''];
    return groups.map((identifier) => {
      const name = groupName(identifier);
      return {
        action: `logs:${operation}`,
        resources: [`${groupArn({ ...call, name })}:log-stream:${input.logStreamName ?? ''}`],
        conditions: { ...tagsOf(reader, call, name), ...broughtTags(input) },
      };
    });
  };

/** The operations on tags of any resource take its ARN as it is. */
const onArn =
  (operation: string): Permissions<Named> =>
  (input, { call, reader }) => {
    const arn = input.resourceArn ?? '*';
    const conditions = { ...tagsOf(reader, call, groupName(arn)), ...broughtTags(input) };
    return [{ action: `logs:${operation}`, resources: [arn], conditions }];
  };

const operationsOnStreams = [
  'CreateLogGroup',
  'CreateLogStream',
  'DeleteLogGroup',
  'DeleteLogStream',
  'DeleteRetentionPolicy',
  'DescribeLogGroups',
  'DescribeLogStreams',
  'FilterLogEvents',
  'GetLogEvents',
  'ListTagsLogGroup',
  'PutLogEvents',
  'PutLogGroupDeletionProtection',
  'PutRetentionPolicy',
  'StartLiveTail',
  'TagLogGroup',
  'UntagLogGroup',
] as const;

const operationsOnArns = ['ListTagsForResource', 'TagResource', 'UntagResource'] as const;

export const logsPermissions: Readonly<Record<string, Permissions<never>>> = Object.fromEntries([
  ...operationsOnStreams.map((operation) => [operation, onStream(operation)] as const),
  ...operationsOnArns.map((operation) => [operation, onArn(operation)] as const),
]);

/** Of a name or an ARN, with or without `:*`. */
function groupName(identifier: string): string {
  return /:log-group:([^:]*)/.exec(identifier)?.[1] ?? identifier;
}

function tagsOf(reader: Reader, call: Call, name: string): ReturnType<typeof resourceTagConditions> {
  return resourceTagConditions(pairs(reader.get(logGroups, groupKey(call, name))?.tags ?? {}));
}

function broughtTags({ tags, tagKeys }: Named): ReturnType<typeof requestTagConditions> {
  if (tagKeys) return { 'aws:TagKeys': tagKeys };
  if (!tags) return {};
  return isList(tags) ? { 'aws:TagKeys': tags } : requestTagConditions(pairs(tags));
}

/** UntagLogGroup calls the keys tags. */
function isList(tags: Readonly<Record<string, string>> | readonly string[]): tags is readonly string[] {
  return Array.isArray(tags);
}

function pairs(tags: Readonly<Record<string, string>>): readonly { readonly key: string; readonly value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
