/**
 * What placement remembers between decisions, in step with the records: which instances are in which pool, and what is
 * free on them. The two projections only note whose state may have changed, the next decision looks at the state itself;
 * so an undone transaction needs no undoing here.
 */
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { projection } from '../../store/table.ts';
import { capacityByInstance, occupyAlike, usageOf } from './projections.ts';
import { capacityOf } from './rules/placement/capacity.ts';
import type { Candidate, Wanted } from './rules/placement/filters.ts';
import { Pool, type Slot } from './rules/placement/pool.ts';
import type { Selection } from './rules/placement/selection.ts';
import type { Strategy } from './rules/placement/strategies.ts';
import { type ContainerInstanceRecord, containerInstances, type TaskRecord, tasks } from './tables.ts';

export interface InstanceCandidate extends Candidate {
  readonly instance: ContainerInstanceRecord;
}

/** An instance as placement sees it at this moment of the transaction. */
export function candidateOf(reader: Reader, instance: ContainerInstanceRecord): InstanceCandidate {
  const capacity = reader.projected(capacityByInstance).get(instance.arn) ?? capacityOf(instance);
  return { instance, capacity, usage: usageOf(reader, instance.arn) };
}

/** Decisions about one kind of task, for as long as a transaction lasts. Each sees all that was written before it. */
export interface Placement {
  /** Instances of the pool, with room or without. */
  readonly poolSize: number;
  /** The instance for the next task, undefined when none can run it. `fraction` gives numbers in [0, 1). */
  choose(fraction: () => number): InstanceCandidate | undefined;
  /** Each instance that cannot run it and why, worked out as far as one reads. */
  refusals(): Iterable<{ readonly candidate: InstanceCandidate; readonly reason: string }>;
}

/** Where tasks of a launch type may go: instances of their cluster, or those of the scope's Fargate pool. */
export interface PoolOf {
  readonly launchType: TaskRecord['launchType'];
  readonly clusterArn: string;
  readonly scope: Scope;
}

export function openPlacement(reader: Reader, of: PoolOf, wanted: Wanted, strategies: readonly Strategy[]): Placement {
  const index = reader.projected(placementIndex);
  const key = of.launchType === 'FARGATE' ? fargatePoolKey(of.scope) : clusterPoolKey(of.launchType, of.clusterArn);
  const pool = index.pool(reader, key);
  let selection: Selection<InstanceCandidate> | undefined;
  return {
    poolSize: pool.size,
    choose: (fraction) => {
      index.catchUp(reader);
      selection ??= pool.select(wanted, strategies);
      return selection.choose(fraction);
    },
    refusals: () => {
      index.catchUp(reader);
      return pool.refusals(wanted);
    },
  };
}

interface Place {
  readonly pool: Pool<InstanceCandidate>;
  readonly slot: Slot<InstanceCandidate>;
}

class PlacementIndex {
  readonly #pools = new Map<string, Pool<InstanceCandidate>>();
  /** By ARN, where an instance is. */
  readonly #places = new Map<string, Place>();
  readonly #changed = new Set<string>();

  note(instanceArn: string): void {
    this.#changed.add(instanceArn);
  }

  pool(reader: Reader, key: string): Pool<InstanceCandidate> {
    this.catchUp(reader);
    return this.#pool(key);
  }

  catchUp(reader: Reader): void {
    const changedByTasks = reader.projected(instancesOfChangedTasks);
    for (const changed of [this.#changed, changedByTasks]) {
      for (const arn of changed) {
        changed.delete(arn); // one by one: V8 makes a new table where a set is cleared
        this.#refresh(reader, arn);
      }
    }
  }

  #refresh(reader: Reader, arn: string): void {
    const instance = reader.get(containerInstances, arn);
    const place = this.#places.get(arn);
    if (place && place.slot.candidate.instance === instance) {
      const { candidate } = place.slot;
      const usage = usageOf(reader, arn);
      place.pool.change(place.slot, usage === candidate.usage ? candidate : { ...candidate, usage });
      return;
    }
    const pool = instance?.status === 'ACTIVE' ? this.#pool(poolKeyOf(instance)) : undefined;
    if (place && place.pool !== pool) place.pool.delete(arn);
    if (instance && pool) this.#places.set(arn, { pool, slot: pool.set(candidateOf(reader, instance)) });
    else this.#places.delete(arn);
  }

  #pool(key: string): Pool<InstanceCandidate> {
    const pool = this.#pools.get(key) ?? new Pool<InstanceCandidate>();
    this.#pools.set(key, pool);
    return pool;
  }
}

export const placementIndex = projection<ContainerInstanceRecord, PlacementIndex>({
  of: containerInstances,
  create: () => new PlacementIndex(),
  apply: (index, before, after) => {
    const record = after ?? before;
    if (record) index.note(record.arn);
  },
});

/** Instances on whose tasks something changed that placement looks at, since it last looked. */
export const instancesOfChangedTasks = projection<TaskRecord, Set<string>>({
  of: tasks,
  create: () => new Set(),
  apply: (changed, before, after) => {
    if (before && after && occupyAlike(before, after)) return;
    if (before?.containerInstanceArn !== undefined) changed.add(before.containerInstanceArn);
    if (after?.containerInstanceArn !== undefined) changed.add(after.containerInstanceArn);
  },
});

function poolKeyOf(instance: ContainerInstanceRecord): string {
  return instance.capacity === 'FARGATE'
    ? fargatePoolKey(instance)
    : clusterPoolKey(instance.capacity, instance.clusterArn);
}

function fargatePoolKey(scope: Scope): string {
  return `FARGATE/${scopeKey(scope)}`;
}

function clusterPoolKey(launchType: TaskRecord['launchType'], clusterArn: string): string {
  return `${launchType}/${clusterArn}`;
}
