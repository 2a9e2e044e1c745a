import type { ContainerInspect, DockerInfo } from '../../world/docker.ts';
import type { FileSystemKind, FileSystems } from '../../world/file-systems.ts';
import type { Disk, Log } from '../../world/world.ts';
import { type TaskRecord, taskIdOf } from '../state.ts';

/**
 * The ephemeral storage of Fargate tasks that ask for a size: a file system of that size, in which all that its containers
 * write and its own volumes lie. A task that fills it reads "No space left on device", as on AWS, and the host's disk
 * stays free.
 *
 * Where it cannot be done the tasks run all the same, and their storage has no bound but the disk's: what a task may write
 * is seldom what it needs.
 */
export interface TaskStorage {
  readonly isPossible: boolean;
  /** Makes the file system of the task, where it is to have one. Again after a restart, it is the same one. */
  prepared(task: TaskRecord): Promise<void>;
  /** The directory in it for a volume of the task's own. */
  volumeDirectory(task: TaskRecord, name: string): Promise<string | undefined>;
  /** Has a container of the task that has not run yet write there. */
  hold(task: TaskRecord, containerId: string): Promise<void>;
  /** Undefined where the task has none. */
  usage(task: TaskRecord): Promise<StorageUsage | undefined>;
  /** Once its containers have stopped. What they wrote can be read until they are removed. */
  release(task: TaskRecord): Promise<void>;
}

export interface StorageUsage {
  readonly usedBytes: number;
  readonly sizeBytes: number;
}

const gibibyte = 1024 ** 3;

export async function createTaskStorage(
  world: {
    readonly docker: { inspectContainer(id: string): Promise<Pick<ContainerInspect, 'GraphDriver'> | undefined> };
    readonly disk: Pick<Disk, 'makeDirectory' | 'realPath' | 'remove'>;
    readonly log: Log;
    readonly fileSystems?: FileSystems;
  },
  directory: string | undefined,
  info: DockerInfo,
): Promise<TaskStorage> {
  const { disk, docker, log, fileSystems } = world;
  const kind =
    fileSystems && directory !== undefined && (await isOwnEngine(info, disk)) ? await best(fileSystems) : undefined;
  /** Whether it could be made, by task, once it has been tried in this life of the agent. */
  const made = new Map<string, Promise<boolean>>();

  const placeOf = ({ arn }: TaskRecord): string => `${directory}/ephemeral/${taskIdOf(arn)}`;
  const imageOf = (task: TaskRecord): string => `${placeOf(task)}.img`;
  const layersOf = (task: TaskRecord): string => `${placeOf(task)}/layers`;
  const volumesOf = (task: TaskRecord): string => `${placeOf(task)}/volumes`;

  async function make(task: TaskRecord, sizeGiB: number): Promise<boolean> {
    if (!fileSystems || kind === undefined) return false;
    try {
      const sizeBytes = sizeGiB * gibibyte;
      await fileSystems.mount({ image: imageOf(task), directory: placeOf(task), sizeBytes, kind, isScratch: true });
      await disk.makeDirectory(layersOf(task), 0o700);
      await disk.makeDirectory(volumesOf(task), 0o700);
      return true;
    } catch (error) {
      log.warn('the ephemeral storage of a task has no bound', { task: task.arn, reason: String(error) });
      return false;
    }
  }

  function isMade(task: TaskRecord): Promise<boolean> {
    const sizeGiB = sizeOf(task);
    if (sizeGiB === undefined) return Promise.resolve(false);
    const making = made.get(task.arn) ?? make(task, sizeGiB);
    made.set(task.arn, making);
    return making;
  }

  const usage = async (task: TaskRecord): Promise<StorageUsage | undefined> =>
    sizeOf(task) === undefined || kind === undefined ? undefined : await fileSystems?.usage(placeOf(task));

  return {
    isPossible: kind !== undefined,
    usage,
    async prepared(task) {
      await isMade(task);
    },
    async volumeDirectory(task, name) {
      if (!(await isMade(task))) return undefined;
      const path = `${volumesOf(task)}/${name}`;
      await disk.makeDirectory(path, 0o755);
      return path;
    },
    async hold(task, containerId) {
      if (!fileSystems || !(await usage(task))) return;
      const layer = (await docker.inspectContainer(containerId))?.GraphDriver;
      const upper = layer?.Data?.['UpperDir'];
      if (layer?.Name !== 'overlay2' || !upper?.endsWith('/diff')) return;
      // The engine mounts this directory's `diff` and `work` at each start, and unmounts what is over it on removal.
      const own = upper.slice(0, -'/diff'.length);
      await fileSystems.mountOver({ directory: own, by: `${layersOf(task)}/${containerId}` });
    },
    async release(task) {
      if (!fileSystems || kind === undefined || sizeOf(task) === undefined) return;
      await made.get(task.arn); // one that stopped at once may be in the middle of it
      made.delete(task.arn);
      await fileSystems.unmount(placeOf(task));
      await disk.remove(imageOf(task)); // the kernel keeps it until the last container is removed
    },
  };
}

function sizeOf({ payload }: TaskRecord): number | undefined {
  return payload.longshore?.ephemeralStorageGiB;
}

/** Whether the engine keeps the containers' layers on this machine, where they can be mounted over. */
async function isOwnEngine({ Driver, DockerRootDir }: DockerInfo, disk: Pick<Disk, 'realPath'>): Promise<boolean> {
  if (Driver !== 'overlay2' || DockerRootDir === undefined) return false;
  return (await disk.realPath(`${DockerRootDir}/overlay2`)) !== undefined;
}

/** Of the kinds here, one that is made at once and that the engine's layers can lie in. */
async function best(fileSystems: FileSystems): Promise<FileSystemKind | undefined> {
  const kinds = await fileSystems.kinds();
  return (['ext4', 'xfs'] as const).find((kind) => kinds.includes(kind));
}
