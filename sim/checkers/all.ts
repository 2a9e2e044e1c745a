import { acknowledgedWrites } from './acknowledged-writes.ts';
import { backoff } from './backoff.ts';
import { bounds } from './bounds.ts';
import { capacity } from './capacity.ts';
import type { Checker } from './checker.ts';
import { deployments } from './deployments.ts';
import { forwardStatuses } from './forward-statuses.ts';
import { grace } from './grace.ts';
import { launches } from './launches.ts';
import { logs } from './logs.ts';
import { oneHost } from './one-host.ts';
import { placement } from './placement.ts';
import { protection } from './protection.ts';
import { replay } from './replay.ts';
import { sandboxes } from './sandboxes.ts';
import { securityGroups } from './security-groups.ts';
import { serviceSettles } from './service-settles.ts';
import { settles } from './settles.ts';
import { taskSetsSettle } from './task-sets-settle.ts';
import { undisturbedTasks } from './undisturbed-tasks.ts';

/** In the order in which they look when all has settled; `settles` lets time pass and comes last but for `replay`. */
export const checkers: readonly Checker[] = [
  forwardStatuses,
  capacity,
  placement,
  bounds,
  protection,
  grace,
  deployments,
  backoff,
  launches,
  oneHost,
  sandboxes,
  securityGroups,
  undisturbedTasks,
  serviceSettles,
  taskSetsSettle,
  acknowledgedWrites,
  logs,
  settles,
  replay,
];
