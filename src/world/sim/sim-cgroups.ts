import type { CgroupLimits, Cgroups } from '../cgroups.ts';
import type { SimEngine } from './sim-docker.ts';
import { type SimLife, never } from './sim-life.ts';

/** The groups of limits on one simulated machine. They are kept and not enforced. */
export class SimCgroups {
  readonly #engine: SimEngine;
  readonly #groups = new Map<string, CgroupLimits>();

  constructor(engine: SimEngine) {
    this.#engine = engine;
  }

  as(life: SimLife): Cgroups {
    return {
      createTaskCgroup: async (parent, limits) => {
        if (!life.isAlive) await never();
        await life.pass(0);
        this.#groups.set(parent, limits);
      },
      removeTaskCgroup: async (parent) => {
        if (!life.isAlive) await never();
        await life.pass(0);
        const isBusy = this.#engine.containers.some(
          ({ isRunning, body }) => isRunning && body.HostConfig?.CgroupParent === parent,
        );
        if (isBusy) throw new Error(`EBUSY: resource busy or locked, rmdir '${parent}'`);
        this.#groups.delete(parent);
      },
    };
  }
}
