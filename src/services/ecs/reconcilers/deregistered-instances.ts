import type { Reconciler } from '../../../control/reconciler.ts';
import { deregisteredInstancesByTime } from '../projections.ts';
import { limits } from '../rules/limits.ts';
import { containerInstances } from '../tables.ts';
import { removeDue } from './remove-due.ts';

/** Removes container instances an hour after they were deregistered: until then they can be described. */
export const deregisteredInstances: Reconciler = {
  name: 'ecs.deregistered-instances',
  wakes: [
    {
      table: containerInstances,
      keys: (reader, arn) => (reader.get(containerInstances, arn)?.deregisteredAt === undefined ? [] : ['all']),
    },
  ],
  all: () => ['all'],
  reconcile: (tx, env) =>
    removeDue(tx, env, containerInstances, tx.projected(deregisteredInstancesByTime), limits.deregisteredInstanceMs),
};
