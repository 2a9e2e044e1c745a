import { type FileSystemKind, fileSystemKinds, type FileSystems } from '../file-systems.ts';
import type { SimLife } from './sim-life.ts';

/** What is mounted on a simulated host. Mounts outlive processes and end with the machine. */
export class SimFileSystems {
  readonly kinds: readonly FileSystemKind[];
  /** By directory, the file that is mounted there. */
  readonly mounts = new Map<string, string>();
  /** By file, its size in bytes. */
  readonly images = new Map<string, number>();

  /** By directory, the one that is mounted there and the id of the user in whose name. */
  readonly directories = new Map<string, { readonly source: string; readonly userId: number }>();

  constructor(kinds: readonly FileSystemKind[] = fileSystemKinds) {
    this.kinds = kinds;
  }

  as(life: SimLife): FileSystems {
    return {
      kinds: async () => {
        await life.pass(0);
        return this.kinds;
      },
      mount: async ({ image, directory, sizeBytes, kind }) => {
        await life.pass(0);
        if (!this.kinds.includes(kind)) throw new Error(`unknown filesystem type '${kind}'`);
        if (!this.images.has(image)) this.images.set(image, sizeBytes);
        this.mounts.set(directory, image);
      },
      mountOver: async ({ directory, by }) => {
        await life.pass(0);
        this.directories.set(directory, { source: by, userId: 0 });
      },
      usage: async (directory) => {
        await life.pass(0);
        const image = this.mounts.get(directory);
        const sizeBytes = image === undefined ? undefined : this.images.get(image);
        return sizeBytes === undefined ? undefined : { usedBytes: 1024 * 1024, sizeBytes };
      },
      canMountAs: async () => {
        await life.pass(0);
        return this.kinds.length > 0;
      },
      mountAs: async ({ source, directory, user }) => {
        await life.pass(0);
        this.directories.set(directory, { source, userId: user.userId });
      },
      unmount: async (directory) => {
        await life.pass(0);
        this.directories.delete(directory);
        this.mounts.delete(directory);
      },
    };
  }
}
