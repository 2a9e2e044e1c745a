import { assert } from '../src/core/assert.ts';
import type { SimRandom } from '../src/world/sim/sim-random.ts';

/** Something that a user does now and then. */
export interface Action {
  readonly name: string;
  /** How often, next to the others of the table. */
  readonly weight: number;
  readonly act: (random: SimRandom) => Promise<void>;
}

export function pickAction(random: SimRandom, actions: readonly Action[]): Action {
  const total = actions.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.fraction() * total;
  const picked = actions.find(({ weight }) => (left -= weight) < 0) ?? actions.at(-1);
  assert(picked, 'there is something to do');
  return picked;
}
