import type { System } from './system.ts';

/** Whether each service has all that it wants and nothing else. */
export function areAllSteady({ durable }: System): boolean {
  for (const { status, isSteady } of durable.services.all()) if (status !== 'INACTIVE' && !isSteady) return false;
  return true;
}
