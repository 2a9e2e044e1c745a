import type { ServiceTask } from './service-task.ts';

/**
 * Tasks of a service that the rules of deployments cannot tell apart but by their names and places. A service of thousands
 * of tasks has a handful of these, so a decision costs what it chooses and not what there is.
 */
export interface Cohort extends Traits {
  readonly size: number;
  /** By ARN. */
  readonly tasks: readonly ServiceTask[];
  /** The same by where they are: of one instance and one zone, each by ARN. */
  readonly places: Iterable<readonly ServiceTask[]>;
}

export type Traits = Pick<
  ServiceTask,
  'deploymentId' | 'phase' | 'isCounted' | 'health' | 'isProtected' | 'isDraining'
>;

/** Tasks sorted into cohorts, one at a time. Equal traits are one cohort, and there is none without tasks. */
export class Cohorts implements Iterable<Cohort> {
  readonly #found: MutableCohort[] = [];

  add(task: ServiceTask): void {
    let cohort = this.#found.find((each) => isAlike(each, task));
    if (!cohort) this.#found.push((cohort = emptyCohort(task)));
    insert(cohort.tasks, task);
    const place = placeOf(task);
    const there = cohort.byPlace.get(place);
    if (there) insert(there, task);
    else cohort.byPlace.set(place, [task]);
  }

  /** Takes out a task that was added, as it was added. */
  remove(task: ServiceTask): void {
    const at = this.#found.findIndex((each) => isAlike(each, task));
    const cohort = this.#found[at];
    if (!cohort) return;
    takeOut(cohort.tasks, task);
    const place = placeOf(task);
    const there = cohort.byPlace.get(place);
    if (there) takeOut(there, task);
    if (there?.length === 0) cohort.byPlace.delete(place);
    if (cohort.size === 0) this.#found.splice(at, 1);
  }

  [Symbol.iterator](): Iterator<Cohort> {
    return this.#found.values();
  }
}

export function cohortsOf(tasks: Iterable<ServiceTask>): Iterable<Cohort> {
  const cohorts = new Cohorts();
  for (const task of tasks) cohorts.add(task);
  return cohorts;
}

/** The first of the cohorts' tasks by ARN, at most `count`. */
export function firstTasks(cohorts: Iterable<Cohort>, count: number): readonly ServiceTask[] {
  return Array.from(cohorts, ({ tasks }) => tasks.slice(0, Math.max(count, 0)))
    .flat()
    .sort(byArn)
    .slice(0, Math.max(count, 0));
}

export function sizeOf(cohorts: Iterable<Cohort>): number {
  let size = 0;
  for (const cohort of cohorts) size += cohort.size;
  return size;
}

export function byArn(one: ServiceTask, other: ServiceTask): number {
  return one.arn < other.arn ? -1 : 1;
}

interface MutableCohort extends Cohort {
  readonly tasks: ServiceTask[];
  readonly byPlace: Map<string, ServiceTask[]>;
}

function emptyCohort({ deploymentId, phase, isCounted, health, isProtected, isDraining }: ServiceTask): MutableCohort {
  const tasks: ServiceTask[] = [];
  const byPlace = new Map<string, ServiceTask[]>();
  return {
    deploymentId,
    phase,
    isCounted,
    health,
    isProtected,
    isDraining,
    tasks,
    byPlace,
    get size() {
      return tasks.length;
    },
    get places() {
      return byPlace.values();
    },
  };
}

function isAlike(one: Traits, other: Traits): boolean {
  return (
    one.deploymentId === other.deploymentId &&
    one.phase === other.phase &&
    one.isCounted === other.isCounted &&
    one.health === other.health &&
    one.isProtected === other.isProtected &&
    one.isDraining === other.isDraining
  );
}

/** Tasks of Fargate have an instance as well, and a zone that is not its own. */
function placeOf({ containerInstanceArn = '', availabilityZone = '' }: ServiceTask): string {
  return `${availabilityZone} ${containerInstanceArn}`;
}

function insert(sorted: ServiceTask[], task: ServiceTask): void {
  const last = sorted.at(-1);
  // They come in order where all are sorted at once.
  if (!last || last.arn < task.arn) sorted.push(task);
  else sorted.splice(placeIn(sorted, task.arn), 0, task);
}

function takeOut(sorted: ServiceTask[], { arn }: ServiceTask): void {
  const at = placeIn(sorted, arn);
  if (sorted[at]?.arn === arn) sorted.splice(at, 1);
}

function placeIn(sorted: readonly ServiceTask[], arn: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.arn ?? '') < arn) low = middle + 1;
    else high = middle;
  }
  return low;
}
