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
  }): Promise<void>;
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
