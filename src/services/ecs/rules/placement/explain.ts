/** Why a task found no place, in the words of AWS's service events. */
import { type Candidate, filters } from './filters.ts';

/** An instance that was looked at, and the first reason against it. */
export interface Refused {
  readonly candidate: Pick<Candidate, 'instance'>;
  readonly reason: string;
}

/**
 * The sentence of the event `(service S) was unable to place a task because no container instance met all of its
 * requirements. <sentence> For more information, …`. The closest instance is the one that got furthest through the
 * filters; among equals the first by ARN, so that the same state always gives the same words.
 */
export function closestMatch(refused: Iterable<Refused>): string {
  let closest: Refused | undefined;
  for (const one of refused) if (!closest || isCloser(one, closest)) closest = one;
  if (!closest) return 'Reason: No Container Instances were found in your cluster.';
  const id = closest.candidate.instance.arn.split('/').at(-1) ?? '';
  return `The closest matching (container-instance ${id}) ${complaintOf(closest.reason)}`;
}

/** The whole event, but for `(service S)`, which stands before it. */
export function unableToPlace(refused: Iterable<Refused>): string {
  return `was unable to place a task because no container instance met all of its requirements. ${closestMatch(refused)} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`;
}

function complaintOf(reason: string): string {
  return complaints[reason] ?? `encountered error "${reason}".`;
}

const complaints: Readonly<Record<string, string>> = {
  'RESOURCE:CPU': 'has insufficient CPU units available.',
  'RESOURCE:MEMORY': 'has insufficient memory available.',
  'RESOURCE:PORTS': 'is already using a port required by your task.',
  ATTRIBUTE: 'is missing an attribute required by your task.',
};

function isCloser(one: Refused, other: Refused): boolean {
  const difference = progress(one.reason) - progress(other.reason);
  return difference > 0 || (difference === 0 && one.candidate.instance.arn < other.candidate.instance.arn);
}

function progress(reason: string): number {
  return filters.findIndex((filter) => filter.reason === reason);
}
