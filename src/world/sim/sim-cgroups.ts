import type { CgroupLimits, Cgroups } from '../world.ts';

/** Groups as a map one can look into; `refuse` makes it behave like a machine that lets nobody set limits. */
export class SimCgroups implements Cgroups {
  readonly groups = new Map<string, CgroupLimits>();
  refuse = false;

  async createTaskCgroup(parent: string, limits: CgroupLimits): Promise<void> {
    if (this.refuse) throw new Error(`mkdir ${parent}: permission denied`);
    this.groups.set(parent, limits);
  }

  async removeTaskCgroup(parent: string): Promise<void> {
    this.groups.delete(parent);
  }
}
