import type { Store } from '../../store/store.ts';
import type { FileSystems } from '../../world/file-systems.ts';
import type { Disk } from '../../world/world.ts';
import type { PayloadVolume } from '../contract.ts';
import { StepError } from '../engine-error.ts';
import { agentTasks, type TaskRecord } from '../state.ts';

type EfsVolume = NonNullable<PayloadVolume['efs']>;

/** EFS volumes on the host that has the file systems. */
export interface SharedVolumes {
  /** Gives the directory that the task's containers mount. */
  attach(name: string, volume: EfsVolume): Promise<string>;
  /** Once the containers of a task have stopped: nothing is left mounted for it. */
  release(task: TaskRecord): Promise<void>;
}

export interface SharedVolumesParts {
  readonly disk: Pick<Disk, 'makeDirectory' | 'read' | 'realPath'>;
  readonly fileSystems?: FileSystems;
  readonly store: Store;
  /** Where what is mounted in the name of an access point's user is mounted; absent where nothing can be. */
  readonly directory: string | undefined;
}

/**
 * What is asked for through an access point that has a user is asked for in that user's name, so it is mounted once for
 * all tasks of this host that use it. What happens to one mount happens one after the other.
 */
export function createSharedVolumes({ disk, fileSystems, store, directory }: SharedVolumesParts): SharedVolumes {
  const underWay = new Map<string, Promise<unknown>>();

  function inTurn<T>(accessPointId: string, action: () => Promise<T>): Promise<T> {
    const before = underWay.get(accessPointId) ?? Promise.resolve();
    const done = before.then(action, action);
    underWay.set(accessPointId, done);
    return done.finally(() => {
      if (underWay.get(accessPointId) === done) underWay.delete(accessPointId);
    });
  }

  const isUsed = (accessPointId: string): boolean =>
    store
      .view((reader) => [...reader.find(agentTasks, 'remains', 'left')])
      .some((task) => task.stoppedAt === undefined && accessPointsOf(task).includes(accessPointId));

  return {
    async attach(name, volume) {
      const accessPoint = volume.mount?.accessPoint;
      if (!accessPoint?.user) return await sharedDirectory(name, volume, disk);
      const { accessPointId, user } = accessPoint;
      return await inTurn(accessPointId, async () => {
        if (!fileSystems || directory === undefined || !(await fileSystems.canMountAs())) {
          throw failure(
            `volume ${name}: this host cannot put the user of access point ${accessPointId} in place of the container's: its agent has to run as the superuser of Linux, with /dev/fuse`,
          );
        }
        const source = await sharedDirectory(name, volume, disk);
        const mounted = `${directory}/${accessPointId}`;
        await fileSystems.mountAs({ source, directory: mounted, user }).catch((error: unknown) => {
          throw failure(`volume ${name}: ${error instanceof Error ? error.message : String(error)}`);
        });
        return mounted;
      });
    },
    async release(task) {
      for (const accessPointId of accessPointsOf(task)) {
        await inTurn(accessPointId, async () => {
          if (!isUsed(accessPointId)) await fileSystems?.unmount(`${directory}/${accessPointId}`);
        });
      }
    },
  };
}

/** Those that have a user of their own. */
function accessPointsOf({ payload }: TaskRecord): readonly string[] {
  return payload.volumes.flatMap(({ efs }) => {
    const accessPoint = efs?.mount?.accessPoint;
    return accessPoint?.user ? [accessPoint.accessPointId] : [];
  });
}

/**
 * The directory of this host behind an EFS volume: the file system's own, or the one within it that the
 * task or its access point names. What is in it was written by tasks, so a symbolic link on the way would let one of
 * them mount the host: none is followed.
 */
async function sharedDirectory(
  name: string,
  volume: EfsVolume,
  disk: Pick<Disk, 'makeDirectory' | 'read' | 'realPath'>,
): Promise<string> {
  const { fileSystemId, mount } = volume;
  if (!mount) {
    const name = `${fileSystemId}.efs`;
    throw failure(`Failed to resolve "${name}" - check that your file system ID is correct, and its access point`);
  }
  const marker = await disk.read(`${mount.directory}/file-system-id`);
  if (!marker || new TextDecoder().decode(marker) !== fileSystemId) {
    throw failure(`volume ${name}: file system ${fileSystemId} is not on this host, where ${mount.directory} would be`);
  }
  const base = await disk.realPath(`${mount.directory}/data`);
  if (base === undefined) throw failure(`volume ${name}: file system ${fileSystemId} has lost its directory`);
  const segments = (mount.accessPoint?.path ?? volume.rootDirectory).split('/').filter((part) => part !== '');
  if (segments.some((part) => part === '.' || part === '..')) throw failure(`volume ${name}: ${segments.join('/')}`);
  const wanted = [base, ...segments].join('/');
  let present = base;
  for (const segment of segments) {
    const next = await disk.realPath(`${present}/${segment}`);
    if (next === undefined) break;
    if (next !== `${present}/${segment}`) throw noDirectory(fileSystemId, segments);
    present = next;
  }
  if (present === wanted) return wanted;
  const creation = mount.accessPoint?.creation;
  if (!creation) throw noDirectory(fileSystemId, segments);
  const mode = Number.parseInt(creation.permissions, 8);
  await disk.makeDirectory(wanted, mode, creation).catch((error: unknown) => {
    throw failure(`volume ${name}: ${error instanceof Error ? error.message : String(error)}`);
  });
  return wanted;
}

function noDirectory(fileSystemId: string, segments: readonly string[]): StepError {
  return failure(
    `mount.nfs4: mounting ${fileSystemId}:/${segments.join('/')} failed, reason given by server: No such file or directory`,
  );
}

/** In the words that a Fargate task shows. */
function failure(what: string): StepError {
  return new StepError(
    `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${what}`,
  );
}
