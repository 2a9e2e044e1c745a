import type { SimContainer } from '../src/world/sim/sim-container.ts';

/**
 * How the health checks of simulated containers end, where their definition tells by an environment variable:
 * HEALTHY_AFTER=45 is healthy from 45 seconds on, SICK_EVERY=300 sick for the last minute of each 300 seconds.
 */
export function healthOf(container: SimContainer): boolean | undefined {
  const seconds = container.runningMs / 1000;
  const healthyAfter = numberIn(container, 'HEALTHY_AFTER');
  if (healthyAfter !== undefined) return seconds >= healthyAfter;
  const sickEvery = numberIn(container, 'SICK_EVERY');
  return sickEvery === undefined ? undefined : seconds % sickEvery < sickEvery - 60;
}

function numberIn(container: SimContainer, name: string): number | undefined {
  const entry = container.body.Env?.find((text) => text.startsWith(`${name}=`));
  return entry === undefined ? undefined : Number(entry.slice(name.length + 1));
}
