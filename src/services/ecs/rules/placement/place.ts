/**
 * Where one task goes: filters say where it can, strategies where it had best. One decision per task; the caller
 * writes the task before it asks for the next, so that each decision sees what the one before has taken.
 */
import { type Candidate, refuse, type Wanted } from './filters.ts';
import { narrow, type Strategy } from './strategies.ts';

export type Placement<C extends Candidate> =
  | { readonly placed: C }
  /** One reason for every instance that was looked at. */
  | { readonly refused: readonly { readonly candidate: C; readonly reason: string }[] };

/** `fraction` gives a number in [0, 1): it chooses among instances that are equally good. */
export function place<C extends Candidate>(
  candidates: Iterable<C>,
  wanted: Wanted,
  strategies: readonly Strategy[],
  fraction: () => number,
): Placement<C> {
  const all = [...candidates];
  const fitting: C[] = [];
  const refused: { readonly candidate: C; readonly reason: string }[] = [];
  for (const candidate of all) {
    const reason = refuse(candidate, wanted);
    if (reason === undefined) fitting.push(candidate);
    else refused.push({ candidate, reason });
  }
  const best = narrow(fitting, all, wanted, strategies);
  const placed = best[Math.floor(fraction() * best.length)];
  return placed ? { placed } : { refused };
}
