import type { AccessPointDescription, CreateAccessPointRequest } from '@aws-sdk/client-efs';
import type { Operation } from '../../../aws/operation.ts';
import { equal } from '../../../core/equal.ts';
import { scopeKey } from '../../../core/scope.ts';
import { accessPointAlreadyExists, badRequest, notAvailable } from '../errors.ts';
import { fileSystemOf, readTags } from '../references.ts';
import { type AccessPointRecord, accessPoints } from '../tables.ts';
import { accessPointView } from '../views.ts';

/** The same client token gives the same access point again. */
export const createAccessPoint: Operation<CreateAccessPointRequest, AccessPointDescription> = async (
  input,
  { call, store },
) => {
  const rootDirectory = readRoot(input.RootDirectory);
  const tags = readTags(input.Tags ?? []);
  return store.update((tx, env) => {
    const fileSystem = fileSystemOf(tx, call, input.FileSystemId);
    const clientToken = input.ClientToken ?? env.newUuid();
    const wanted: Omit<AccessPointRecord, 'accessPointId'> = {
      accountId: call.accountId,
      region: call.region,
      clientToken,
      fileSystemId: fileSystem.fileSystemId,
      ...(input.PosixUser && { posixUser: posixUser(input.PosixUser) }),
      rootDirectory,
      tags,
    };
    for (const present of tx.find(accessPoints, 'clientToken', `${scopeKey(call)}/${clientToken}`)) {
      const { accessPointId, ...known } = present;
      if (!equal(known, wanted)) throw accessPointAlreadyExists(accessPointId);
      return accessPointView(present);
    }
    if (fileSystem.lifeCycleState !== 'available') {
      throw notAvailable(fileSystem.fileSystemId, fileSystem.lifeCycleState);
    }
    const record: AccessPointRecord = { ...wanted, accessPointId: `fsap-0${env.newId().slice(0, 16)}` };
    tx.put(accessPoints, record);
    return accessPointView(record);
  });
};

type Given = NonNullable<CreateAccessPointRequest['RootDirectory']>;

function readRoot(given: Given | undefined): AccessPointRecord['rootDirectory'] {
  const { Path: path = '/', CreationInfo: creation } = given ?? {};
  const parts = path.split('/').slice(1);
  const isPlain = parts.every((part, index) =>
    part === '' ? index === parts.length - 1 : part !== '.' && part !== '..',
  );
  if (!path.startsWith('/') || path.length > 100 || parts.length > mostDirectories || !isPlain) {
    throw badRequest('RootDirectory path is not valid.');
  }
  if (!creation) return { Path: path };
  const { OwnerUid, OwnerGid, Permissions } = creation;
  if (OwnerUid === undefined || OwnerGid === undefined || !/^[0-7]{3,4}$/.test(Permissions ?? '')) {
    throw badRequest('CreationInfo holds an owner, a group, and permissions of three or four octal digits.');
  }
  return { Path: path, CreationInfo: { OwnerUid, OwnerGid, Permissions: Permissions ?? '' } };
}

const mostDirectories = 4;

function posixUser(
  given:
    | NonNullable<CreateAccessPointRequest['PosixUser']>
    | {
        readonly Uid?: number | undefined;
        readonly Gid?: number | undefined;
        readonly SecondaryGids?: readonly number[] | undefined;
      },
): NonNullable<AccessPointRecord['posixUser']> {
  const { Uid, Gid, SecondaryGids } = given;
  if (Uid === undefined || Gid === undefined) throw badRequest('PosixUser holds a Uid and a Gid.');
  return { Uid, Gid, ...(SecondaryGids !== undefined && { SecondaryGids }) };
}
