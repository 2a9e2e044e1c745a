import { type Cohort, sizeOf } from './cohort.ts';

/** A deployment that a rolling one takes tasks from, and still has to keep some of. */
export interface Source {
  readonly deploymentId: string;
  /** How many it had when it was left, less those that were stopped since because they were needed no more. */
  readonly desiredCount: number;
  /** False while its launches fail and wait. */
  readonly mayStart: boolean;
}

export interface SourceNeed {
  readonly deploymentId: string;
  /** Tasks of it that ended by themselves, and are to be replaced by others of it. */
  readonly missing: number;
  /** Tasks of it on their way that are still needed. */
  readonly keptStarting: number;
  /** How many it is to have from now on: what is not needed any more does not come back. */
  readonly desiredCount: number;
}

/**
 * What is needed of the sources of a rolling deployment, of which `needed` tasks have to serve. AWS replaces a task that
 * fails by one of the same service revision (since November 2025), so that what serves does not depend on whether the new
 * revision works; it does so to keep minimumHealthyPercent, and what that does not ask for is the new revision's to start.
 */
export function sourceNeeds(
  sources: readonly Source[],
  cohorts: Iterable<Cohort>,
  needed: number,
  options: { readonly countsDraining: boolean },
): readonly SourceNeed[] {
  if (sources.length === 0) return [];
  const ofSources = [...cohorts].filter(({ phase, health, isDraining, isProtected }) => {
    const stays = !isDraining || (phase === 'RUNNING' && (options.countsDraining || isProtected));
    return phase !== 'STOPPING' && health !== 'UNHEALTHY' && stays;
  });
  const serving = ofSources.filter(({ phase }) => phase === 'RUNNING');
  let left = Math.max(needed - sizeOf(serving), 0);
  return sources.map(({ deploymentId, desiredCount }) => {
    const own = ofSources.filter((cohort) => cohort.deploymentId === deploymentId);
    const running = sizeOf(own.filter(({ phase }) => phase === 'RUNNING'));
    const starting = sizeOf(own) - running;
    const keptStarting = Math.min(starting, Math.max(desiredCount - running, 0), left);
    left -= keptStarting;
    const missing = Math.min(Math.max(desiredCount - running - keptStarting, 0), left);
    left -= missing;
    return {
      deploymentId,
      missing,
      keptStarting,
      desiredCount: Math.min(desiredCount, running + keptStarting + missing),
    };
  });
}
