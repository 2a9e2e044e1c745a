/** The kernel's limits of all containers of a task together, which the engine itself has no word for. */
export interface Cgroups {
  /**
   * Makes the group with these limits, or sets them on the one there is. `parent` is what a container names as its
   * HostConfig.CgroupParent: a path (cgroupfs driver) or a slice (systemd driver). Rejects where the machine refuses.
   */
  createTaskCgroup(parent: string, limits: CgroupLimits): Promise<void>;
  /** Nothing to remove is not an error. Rejects while processes are in the group. */
  removeTaskCgroup(parent: string): Promise<void>;
}

/** What is absent is not limited. */
export interface CgroupLimits {
  readonly cpuQuotaUs?: number;
  readonly cpuPeriodUs?: number;
  readonly cpuShares?: number;
  readonly memoryBytes?: number;
}
