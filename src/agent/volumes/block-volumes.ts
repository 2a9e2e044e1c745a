import { type FileSystemKind, fileSystemKinds, type FileSystems } from '../../world/file-systems.ts';
import type { Disk } from '../../world/world.ts';
import type { PayloadVolume } from '../contract.ts';
import { StepError } from '../engine-error.ts';

/**
 * Amazon EBS volumes on a host of one's own: each is a file system in a file, mounted for the engine to bind. The file
 * has the volume's size, so the kernel says "No space left on device" where it would on AWS.
 */
export interface BlockVolumes {
  readonly isPossible: boolean;
  /** Gives the directory. Again after a restart, it is the same volume. */
  attach(name: string, volume: EbsVolume): Promise<string>;
  /** Once the containers are gone. Removes what is in it, unless the volume is to outlive its task. */
  release(volume: EbsVolume): Promise<void>;
}

type EbsVolume = NonNullable<PayloadVolume['ebs']>;

const gibibyte = 1024 ** 3;

export async function createBlockVolumes(
  world: { readonly disk: Pick<Disk, 'remove'>; readonly fileSystems?: FileSystems },
  directory: string | undefined,
): Promise<BlockVolumes> {
  const { fileSystems } = world;
  const kinds = fileSystems && directory !== undefined ? await fileSystems.kinds() : [];
  const imageOf = ({ volumeId }: EbsVolume): string => `${directory}/${volumeId}.img`;
  const directoryOf = ({ volumeId }: EbsVolume): string => `${directory}/${volumeId}`;
  return {
    isPossible: kinds.length > 0,
    async attach(name, volume) {
      if (!fileSystems || kinds.length === 0) {
        throw failure(
          name,
          'this host cannot mount a file system for it: its agent has to run as the superuser of Linux',
        );
      }
      const kind = kindOf(volume.filesystemType, kinds);
      if (!kind) {
        throw failure(name, `this host has no ${volume.filesystemType} file systems, only ${kinds.join(', ')}`);
      }
      try {
        await fileSystems.mount({
          image: imageOf(volume),
          directory: directoryOf(volume),
          sizeBytes: volume.sizeGiB * gibibyte,
          kind,
        });
      } catch (error) {
        throw failure(name, error instanceof Error ? error.message : String(error));
      }
      return directoryOf(volume);
    },
    async release(volume) {
      await fileSystems?.unmount(directoryOf(volume));
      if (volume.deleteOnTermination) await world.disk.remove(imageOf(volume));
    },
  };
}

/**
 * Differs from AWS: where a task names no kind it gets xfs, as on AWS, only on a host that has it, and ext4 on any other:
 * few tasks look, and the others would not start.
 */
function kindOf(wanted: string | undefined, kinds: readonly FileSystemKind[]): FileSystemKind | undefined {
  return fileSystemKinds.find((kind) => kinds.includes(kind) && (wanted === undefined || wanted === kind));
}

function failure(name: string, what: string): StepError {
  return new StepError(`ResourceInitializationError: failed to attach the EBS volume '${name}': ${what}`);
}
