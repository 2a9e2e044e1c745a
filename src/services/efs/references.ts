import type { Call } from '../../aws/operation.ts';
import { parseArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { vpcOfSecurityGroup } from '../ec2/public.ts';
import {
  accessPointNotFound,
  badRequest,
  fileSystemNotFound,
  mountTargetNotFound,
  securityGroupNotFound,
} from './errors.ts';
import {
  type AccessPointRecord,
  accessPoints,
  type FileSystemRecord,
  fileSystems,
  type MountTargetRecord,
  mountTargets,
} from './tables.ts';

/** An id, or an ARN that ends in one. */
function idOf(reference: string): string {
  return parseArn(reference)?.resource.split('/').at(-1) ?? reference;
}

export function fileSystemOf(reader: Reader, call: Call, reference: string): FileSystemRecord {
  const record = reader.get(fileSystems, idOf(reference));
  if (!record || !isOf(record, call)) throw fileSystemNotFound(reference);
  return record;
}

export function accessPointOf(reader: Reader, call: Call, reference: string): AccessPointRecord {
  const record = reader.get(accessPoints, idOf(reference));
  if (!record || !isOf(record, call)) throw accessPointNotFound(reference);
  return record;
}

export function mountTargetOf(reader: Reader, call: Call, mountTargetId: string): MountTargetRecord {
  const record = reader.get(mountTargets, mountTargetId);
  if (!record || !isOf(record, call)) throw mountTargetNotFound(mountTargetId);
  return record;
}

function isOf(record: Scope, call: Call): boolean {
  return record.accountId === call.accountId && record.region === call.region;
}

export function readTags(
  given: readonly { readonly Key: string | undefined; readonly Value: string | undefined }[],
): Readonly<Record<string, string>> {
  const tags: Record<string, string> = {};
  for (const { Key: key = '', Value: value = '' } of given) {
    if (key.length < 1 || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) {
      throw badRequest(`The tag '${key.slice(0, 128)}' is not valid.`);
    }
    tags[key] = value;
  }
  if (Object.keys(tags).length > mostTags) throw badRequest(`A resource can have at most ${mostTags} tags.`);
  return tags;
}

const mostTags = 50;

/** Throws SecurityGroupNotFound for one that is not in the VPC. */
export function checkSecurityGroups(reader: Reader, call: Call, groupIds: readonly string[], vpcId: string): void {
  const unknown = groupIds.find((groupId) => vpcOfSecurityGroup(reader, call, groupId) !== vpcId);
  if (unknown !== undefined) throw securityGroupNotFound(unknown);
}
