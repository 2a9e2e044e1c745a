/** File systems of a size of their own, each in one file of the host. */
export interface FileSystems {
  /** Those that can be made and mounted here: none where this process may not mount. */
  kinds(): Promise<readonly FileSystemKind[]>;
  /** Makes the file with an empty file system where there is none yet, and mounts it where it is not mounted yet. */
  mount(volume: {
    readonly image: string;
    readonly directory: string;
    readonly sizeBytes: number;
    readonly kind: FileSystemKind;
    /** What is in it need not outlive the machine: made faster, and smaller by the journal. */
    readonly isScratch?: boolean;
  }): Promise<void>;
  /**
   * Copies what is in `directory` to `by`, which is made, and mounts that over it, unless something is mounted there:
   * what is done in the directory from now on is done in the file system of `by`.
   */
  mountOver(mount: { readonly directory: string; readonly by: string }): Promise<void>;
  /** How full the file system is that is mounted at this directory itself; undefined where none is. */
  usage(directory: string): Promise<{ readonly usedBytes: number; readonly sizeBytes: number } | undefined>;
  /** Whether `mountAs` can be done here. */
  canMountAs(): Promise<boolean>;
  /**
   * Mounts a directory at another place, where it is not mounted yet, so that all that is done there is done in the name
   * of this user, whoever does it. Follows no link at the end of `source`.
   */
  mountAs(mount: { readonly source: string; readonly directory: string; readonly user: FileUser }): Promise<void>;
  /** Nothing to unmount is not an error. The file stays. Rejects while something in it is in use. */
  unmount(directory: string): Promise<void>;
}

/** By whose rights files are used, as POSIX has it. */
export interface FileUser {
  readonly userId: number;
  readonly groupId: number;
  readonly secondaryGroupIds: readonly number[];
}

export const fileSystemKinds = ['xfs', 'ext4', 'ext3'] as const;
export type FileSystemKind = (typeof fileSystemKinds)[number];
