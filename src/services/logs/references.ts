/** How a request names a group or a stream, and the record it means. */
import { formatArn, parseArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { groupNotFound, invalidParameter, streamNotFound } from './errors.ts';
import { checkGroupName, checkStreamName } from './rules/names.ts';
import { groupKey, type LogGroupRecord, logGroups, type LogStreamRecord, logStreams, streamKey } from './tables.ts';

/** Without the `:*` that some operations show. */
export function groupArn(group: Scope & { readonly name: string }): string {
  return formatArn({ ...group, service: 'logs', resource: `log-group:${group.name}` });
}

export function streamArn(group: LogGroupRecord, streamName: string): string {
  return `${groupArn(group)}:log-stream:${streamName}`;
}

/** Throws ResourceNotFoundException. */
export function groupNamed(reader: Reader, scope: Scope, name: string): LogGroupRecord {
  checkGroupName(name);
  const group = reader.get(logGroups, groupKey(scope, name));
  if (!group) throw groupNotFound();
  return group;
}

/** Throws ResourceNotFoundException. */
export function streamNamed(reader: Reader, group: LogGroupRecord, name: string): LogStreamRecord {
  checkStreamName(name);
  const stream = reader.get(logStreams, streamKey(group.id, name));
  if (!stream) throw streamNotFound();
  return stream;
}

/** The group of a request that gives its name, or its name or ARN as identifier. */
export function groupOf(
  reader: Reader,
  scope: Scope,
  input: { readonly logGroupName?: string | undefined; readonly logGroupIdentifier?: string | undefined },
): LogGroupRecord {
  const { logGroupName, logGroupIdentifier } = input;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  if (logGroupName !== undefined) return groupNamed(reader, scope, logGroupName);
  if (logGroupIdentifier !== undefined) return groupIdentified(reader, scope, logGroupIdentifier);
  throw invalidParameter('Either LogGroup name or LogGroup ARN must be specified.');
}

/** The group of an identifier: a name or an ARN, with or without `:*`. */
export function groupIdentified(reader: Reader, scope: Scope, identifier: string): LogGroupRecord {
  if (!identifier.startsWith('arn:')) return groupNamed(reader, scope, identifier);
  const arn = parseArn(identifier);
  const name = arn && /^log-group:([^:]+)(:\*)?$/.exec(arn.resource)?.[1];
  if (!arn || arn.service !== 'logs' || name === undefined) {
    throw invalidParameter(`The ARN '${identifier}' is not that of a log group.`);
  }
  // One account sees its own groups only: the group of another account or region is not there.
  if (arn.accountId !== scope.accountId || arn.region !== scope.region) throw groupNotFound();
  return groupNamed(reader, scope, name);
}
