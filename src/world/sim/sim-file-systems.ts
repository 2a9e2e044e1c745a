import { type FileSystemKind, fileSystemKinds, type FileSystems } from '../world.ts';
import type { SimLife } from './sim-life.ts';

/** What is mounted on a simulated host. Mounts outlive processes and end with the machine. */
export class SimFileSystems {
  readonly kinds: readonly FileSystemKind[];
  /** By directory, the file that is mounted there. */
  readonly mounts = new Map<string, string>();
  /** By file, its size in bytes. */
  readonly images = new Map<string, number>();

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
      unmount: async (directory) => {
        await life.pass(0);
        this.mounts.delete(directory);
      },
    };
  }
}
