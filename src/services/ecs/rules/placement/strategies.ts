/** The soft part of placement: each strategy in turn keeps the best of what the one before it left. */
import type { Candidate, Wanted } from './filters.ts';

export type Strategy =
  | { readonly type: 'random' }
  | { readonly type: 'binpack'; readonly field: 'cpu' | 'memory' }
  | { readonly type: 'spread'; readonly field: 'instanceId' }
  | { readonly type: 'spread'; readonly attribute: string };

/**
 * The instances that all strategies leave, equally good among each other. `all` are the instances before filtering:
 * spread counts the tasks of a zone on those, too, that have no room left.
 */
export function narrow<C extends Candidate>(
  fitting: readonly C[],
  all: readonly C[],
  wanted: Wanted,
  strategies: readonly Strategy[],
): readonly C[] {
  let best = fitting;
  for (const strategy of strategies) {
    if (best.length <= 1) return best;
    const score = scoreOf(strategy, all, wanted);
    if (score) best = lowest(best, score);
  }
  return best;
}

/** Lower is better; undefined for random, which prefers none and so leaves all to the draw. */
function scoreOf(
  strategy: Strategy,
  all: readonly Candidate[],
  wanted: Wanted,
): ((candidate: Candidate) => number) | undefined {
  switch (strategy.type) {
    case 'random':
      return undefined;
    case 'binpack':
      return strategy.field === 'cpu'
        ? ({ capacity, usage }) => capacity.cpuUnits - usage.cpuUnits
        : ({ capacity, usage }) => capacity.memoryMiB - usage.memoryMiB;
    case 'spread': {
      const tasksOn = ({ usage }: Candidate): number => usage.tasksByGroup.get(wanted.groupKey) ?? 0;
      if ('field' in strategy) return tasksOn;
      const totals = new Map<string, number>();
      const valueOf = ({ capacity }: Candidate): string | undefined => capacity.attributes.get(strategy.attribute);
      for (const candidate of all) {
        const value = valueOf(candidate);
        if (value !== undefined) totals.set(value, (totals.get(value) ?? 0) + tasksOn(candidate));
      }
      // An instance without the attribute belongs to no value: it is taken only when there is no other.
      return (candidate) => totals.get(valueOf(candidate) ?? '') ?? Number.POSITIVE_INFINITY;
    }
  }
}

function lowest<C>(candidates: readonly C[], score: (candidate: C) => number): readonly C[] {
  let best: C[] = [];
  let bestScore = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const own = score(candidate);
    if (own < bestScore) {
      best = [candidate];
      bestScore = own;
    } else if (own === bestScore) best.push(candidate);
  }
  return best;
}
