import type { Clock, Disk, Log } from '../../world/world.ts';

/** What EFS has besides the store; app/compose.ts gives it. */
export interface EfsParts {
  readonly disk: Pick<Disk, 'makeDirectory' | 'remove' | 'writeAtomic'>;
  /** Where file systems are kept, each in a directory of its own. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}
