import type { System } from '../system.ts';
import type { Workload } from '../workload.ts';

/** Something that must hold. It looks on while the system runs, and once more when all has settled. */
export interface Checker {
  readonly name: string;
  /** Called once, before the first server starts: the place to subscribe. */
  readonly watch?: (system: System, workload: Workload) => void;
  /** Called every few seconds of virtual time. */
  readonly look?: (system: System, workload: Workload) => void;
  /** Called when faults and workload have ended and there was time to settle. */
  readonly settled?: (system: System, workload: Workload) => Promise<void> | void;
  /** Called before it, free to drive the clock. */
  readonly quiet?: (system: System) => Promise<void>;
}
