import { assert } from '../src/core/assert.ts';
import type { HostTurns } from '../src/world/sim/sim-clock.ts';

/**
 * How Node lets the simulated clock run promise continuations to their end. What Node itself calls after each callback
 * does it within one, thirty times faster than a turn of the event loop (setImmediate) for each event. It has no public
 * name; its test holds that it does what is said here.
 */
export const turns: HostTurns = {
  begin: (action) => void setImmediate(action),
  finishContinuations: continuationsOfNode(),
};

function continuationsOfNode(): () => void {
  const found: unknown = Reflect.get(process, '_tickCallback');
  assert(typeof found === 'function', 'this Node runs promise continuations when it is told to');
  return () => Reflect.apply(found, process, []);
}
