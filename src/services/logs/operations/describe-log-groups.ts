import type { DescribeLogGroupsRequest, DescribeLogGroupsResponse, LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { type Scope, scopeKey } from '../../../core/scope.ts';
import type { Reader } from '../../../store/store.ts';
import { invalidParameter, notBuilt } from '../errors.ts';
import type { LogsParts } from '../parts.ts';
import { groupArn } from '../references.ts';
import { afterToken, startingWith } from '../rules/listing.ts';
import { limits } from '../rules/limits.ts';
import { checkGroupName, checkLimit } from '../rules/names.ts';
import { groupKey, type LogGroupRecord, logGroups, storedBytesByGroup } from '../tables.ts';

export const describeLogGroups: Operation<DescribeLogGroupsRequest, DescribeLogGroupsResponse, LogsParts> = (
  input,
  { call, store },
) => {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
  checkLimit(input.limit, limits.describePage);
  if (prefix !== undefined) checkGroupName(prefix, 'logGroupNamePrefix');
  if (pattern) checkGroupName(pattern, 'logGroupNamePattern');
  if (prefix !== undefined && pattern !== undefined) {
    throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
  }
  if (input.includeLinkedAccounts) throw notBuilt('linked accounts');
  return store.view((reader) => {
    const wanted = isWanted(input);
    const found = takePage(
      filter(groupsOf(reader, call, prefix, afterToken(input.nextToken)), wanted),
      input.limit ?? limits.describePage,
      (group) => group.name,
    );
    const storedBytes = reader.projected(storedBytesByGroup);
    return {
      logGroups: found.items.map((group) => view(group, storedBytes.get(group.id) ?? 0)),
      ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
    };
  });
};

function groupsOf(
  reader: Reader,
  scope: Scope,
  prefix: string | undefined,
  afterName: string | undefined,
): Iterable<LogGroupRecord> {
  return startingWith<LogGroupRecord>({
    prefix: prefix ?? '',
    afterName,
    named: (name) => reader.get(logGroups, groupKey(scope, name)),
    after: (name) => reader.find(logGroups, 'scope', scopeKey(scope), groupKey(scope, name)),
  });
}

function isWanted(input: Parsed<DescribeLogGroupsRequest>): (group: LogGroupRecord) => boolean {
  const { logGroupNamePattern: pattern, logGroupClass, logGroupIdentifiers: identifiers } = input;
  const names =
    identifiers && new Set(identifiers.map((identifier) => /:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier));
  return (group) =>
    (!pattern || group.name.includes(pattern)) &&
    (logGroupClass === undefined || group.logGroupClass === logGroupClass) &&
    (names === undefined || names.has(group.name));
}

function view(group: LogGroupRecord, storedBytes: number): LogGroup {
  const arn = groupArn(group);
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes,
    logGroupClass: group.logGroupClass,
    logGroupArn: arn,
    deletionProtectionEnabled: group.deletionProtectionEnabled,
  };
}

function* filter<T>(items: Iterable<T>, wanted: (item: T) => boolean): Generator<T> {
  for (const item of items) if (wanted(item)) yield item;
}
