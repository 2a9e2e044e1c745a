import type { Reconciler } from '../../../control/reconciler.ts';
import { clientTokensByTime } from '../projections.ts';
import { limits } from '../rules/limits.ts';
import { clientTokens } from '../tables.ts';
import { removeDue } from './remove-due.ts';

const key = 'all';

/** Removes client tokens a day after their use: from then on the same token asks for new tasks. */
export const usedClientTokens: Reconciler = {
  name: 'ecs.client-tokens',
  wakes: [{ table: clientTokens, keys: () => [key] }],
  all: () => [key],
  reconcile: (tx, env) => removeDue(tx, env, clientTokens, tx.projected(clientTokensByTime), limits.clientTokenMs),
};
