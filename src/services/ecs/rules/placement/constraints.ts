/** Placement constraints as requests and definitions write them. */
import type { PlacementConstraint } from '@aws-sdk/client-ecs';
import type { Kept } from '../../tables.ts';
import { compileQuery, type Query } from '../query-language/query.ts';
import { invalid, type Refusal } from '../refusal.ts';

type Constraint = Kept<Pick<PlacementConstraint, 'type' | 'expression'>>;

export function* constraintRefusals(constraints: readonly Constraint[]): Generator<Refusal> {
  for (const { type, expression } of constraints) {
    if (type === undefined) yield invalid('Placement constraint type should not be null.');
    if (type === 'distinctInstance' && expression !== undefined) {
      yield invalid('distinctInstance expression should not be specified.');
    }
    if (type === 'memberOf') yield* memberOfRefusals(expression);
  }
}

export function* memberOfRefusals(expression: string | undefined): Generator<Refusal> {
  if (!expression) {
    yield invalid('memberOf expression should not be null or empty.');
    return;
  }
  const query = compileQuery(expression);
  if ('error' in query) yield invalid(`Invalid placement constraint expression. ${query.error}`);
}

/** What the memberOf constraints ask for; all of them have to hold. */
export function memberOfQueries(constraints: readonly Constraint[]): readonly Query[] {
  return constraints.flatMap(({ type, expression = '' }) => {
    if (type !== 'memberOf') return [];
    const query = compileQuery(expression);
    // Only what was kept before expressions were checked: no instance is known to satisfy it.
    return 'error' in query ? { text: expression, dependsOnTasks: false, matches: () => false } : query;
  });
}

export function isDistinct(constraints: readonly Constraint[]): boolean {
  return constraints.some(({ type }) => type === 'distinctInstance');
}
