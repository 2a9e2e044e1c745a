import { acknowledgedWrites } from './acknowledged-writes.ts';
import { capacity } from './capacity.ts';
import type { Checker } from './checker.ts';
import { forwardStatuses } from './forward-statuses.ts';
import { logs } from './logs.ts';
import { oneHost } from './one-host.ts';
import { replay } from './replay.ts';
import { settles } from './settles.ts';
import { undisturbedTasks } from './undisturbed-tasks.ts';

/** In the order in which they look when all has settled; `settles` lets time pass and comes last but for `replay`. */
export const checkers: readonly Checker[] = [
  forwardStatuses,
  capacity,
  oneHost,
  undisturbedTasks,
  acknowledgedWrites,
  logs,
  settles,
  replay,
];
