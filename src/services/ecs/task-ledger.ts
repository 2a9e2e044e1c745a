import type { Instant } from '../../core/instant.ts';
import { SortedKeys } from '../../store/sorted-keys.ts';
import type { Reader } from '../../store/store.ts';
import { projection } from '../../store/table.ts';
import { parseTimeKey, timeKey } from './projections.ts';
import { byArn, type Cohort, Cohorts } from './rules/deployment/cohort.ts';
import { type HealthRules, type ServiceTask, serviceTask } from './rules/deployment/service-task.ts';
import { drainingInstances } from './service-projections.ts';
import type { ServiceRecord } from './service-tables.ts';
import { taskDefinitions, type TaskRecord, tasks } from './tables.ts';

/** The tasks of a service that are not STOPPED, as one step of the controller sees them. By ARN where they are iterated. */
export interface SeenTasks extends Iterable<ServiceTask> {
  readonly cohorts: Iterable<Cohort>;
  /** When the health of one of them changes by time alone. */
  readonly changesAt: Instant | undefined;
  /** When the first protection ends of those that are protected. */
  readonly protectedUntil: Instant | undefined;
}

/** By ARN of the service, what is remembered of the tasks of those that are being worked on. */
export const taskLedgers = projection<TaskRecord, Map<string, TaskLedger>>({
  of: tasks,
  create: () => new Map(),
  apply: (ledgers, before, after) => {
    if (ledgers.size === 0) return;
    const { arn, serviceArn = '' } = after ?? before ?? { arn: '' };
    ledgers.get(serviceArn)?.touch(arn);
  },
});

/**
 * All tasks of the service that are not STOPPED. The first look goes through all of them; what it sees is remembered, and
 * the next looks at those that have changed. It says the same either way. Whoever has come to an end calls forgetTasks.
 */
export function tasksOfService(
  reader: Reader,
  service: ServiceRecord,
  healthyAfterMs: number,
  now: Instant,
): SeenTasks {
  const ledgers = reader.projected(taskLedgers);
  let ledger = ledgers.get(service.arn);
  if (!ledger?.isOf(service, healthyAfterMs)) {
    ledger = new TaskLedger(reader, service, healthyAfterMs);
    ledgers.set(service.arn, ledger);
  }
  ledger.update(reader, now);
  return ledger;
}

/** Nothing is left to do for the service: thousands of tasks are not remembered twice for it. */
export function forgetTasks(reader: Reader, serviceArn: string): void {
  reader.projected(taskLedgers).delete(serviceArn);
}

/** What was seen of each task, kept in step: it is looked at again when it changes, in the state or by time alone. */
class TaskLedger implements SeenTasks {
  readonly #serviceArn: string;
  readonly #healthyAfterMs: number;
  readonly #gracePeriodMs: number;
  readonly #seen = new Map<string, ServiceTask>();
  readonly #cohorts = new Cohorts();
  /** Task ARNs by the time of what comes next. */
  readonly #changes = new SortedKeys();
  readonly #protections = new SortedKeys();
  readonly #rulesOf = new Map<string, HealthRules>();
  #touched = new Set<string>();
  #draining: ReadonlySet<string> = new Set();

  constructor(reader: Reader, service: ServiceRecord, healthyAfterMs: number) {
    this.#serviceArn = service.arn;
    this.#healthyAfterMs = healthyAfterMs;
    this.#gracePeriodMs = gracePeriodMsOf(service);
    for (const { arn } of reader.find(tasks, 'service', service.arn)) this.#touched.add(arn);
  }

  isOf(service: ServiceRecord, healthyAfterMs: number): boolean {
    return healthyAfterMs === this.#healthyAfterMs && gracePeriodMsOf(service) === this.#gracePeriodMs;
  }

  touch(arn: string): void {
    this.#touched.add(arn);
  }

  update(reader: Reader, now: Instant): void {
    this.#touchWhatDrains(reader);
    for (const times of [this.#changes, this.#protections]) {
      for (const timed of times.after(undefined)) {
        const { at, key } = parseTimeKey(timed);
        if (at > now) break;
        this.#touched.add(key);
      }
    }
    const touched = this.#touched;
    this.#touched = new Set();
    for (const arn of touched) this.#lookAt(reader, arn, now);
  }

  get cohorts(): Iterable<Cohort> {
    return this.#cohorts;
  }

  get changesAt(): Instant | undefined {
    return firstOf(this.#changes);
  }

  get protectedUntil(): Instant | undefined {
    return firstOf(this.#protections);
  }

  [Symbol.iterator](): Iterator<ServiceTask> {
    return Array.from(this.#seen.values()).sort(byArn).values();
  }

  #touchWhatDrains(reader: Reader): void {
    const draining = new Set([...reader.projected(drainingInstances).values()].flatMap((arns) => [...arns]));
    for (const instance of draining.symmetricDifference(this.#draining)) {
      for (const { arn, serviceArn } of reader.find(tasks, 'occupying', instance)) {
        if (serviceArn === this.#serviceArn) this.#touched.add(arn);
      }
    }
    this.#draining = draining;
  }

  #lookAt(reader: Reader, arn: string, now: Instant): void {
    const before = this.#seen.get(arn);
    if (before) {
      this.#cohorts.remove(before);
      if (before.changesAt !== undefined) this.#changes.delete(timeKey(before.changesAt, arn));
      if (before.isProtected) this.#protections.delete(timeKey(before.protectedUntil ?? 0, arn));
    }
    const task = reader.get(tasks, arn);
    if (!task || task.lastStatus === 'STOPPED') {
      this.#seen.delete(arn);
      return;
    }
    const { containerInstanceArn } = task;
    const isDraining = containerInstanceArn !== undefined && this.#draining.has(containerInstanceArn);
    const after = serviceTask(task, this.#rules(reader, task), isDraining, now);
    this.#seen.set(arn, after);
    this.#cohorts.add(after);
    if (after.changesAt !== undefined) this.#changes.add(timeKey(after.changesAt, arn));
    if (after.isProtected) this.#protections.add(timeKey(after.protectedUntil ?? 0, arn));
  }

  #rules(reader: Reader, { taskDefinitionArn }: TaskRecord): HealthRules {
    let rules = this.#rulesOf.get(taskDefinitionArn);
    if (!rules) {
      rules = {
        healthyAfterMs: this.#healthyAfterMs,
        gracePeriodMs: this.#gracePeriodMs,
        checkedContainers: checkedContainers(reader, taskDefinitionArn),
      };
      this.#rulesOf.set(taskDefinitionArn, rules);
    }
    return rules;
  }
}

function gracePeriodMsOf({ healthCheckGracePeriodSeconds }: ServiceRecord): number {
  return healthCheckGracePeriodSeconds * 1000;
}

function firstOf(times: SortedKeys): Instant | undefined {
  for (const timed of times.after(undefined)) return parseTimeKey(timed).at;
  return undefined;
}

/** Names of the essential containers whose health the definition has checked. */
function checkedContainers(reader: Reader, taskDefinitionArn: string): ReadonlySet<string> {
  const definition = reader.get(taskDefinitions, taskDefinitionArn)?.definition;
  const checked = (definition?.containerDefinitions ?? []).filter(
    ({ essential = true, healthCheck }) => essential && healthCheck !== undefined,
  );
  return new Set(checked.map(({ name }) => name ?? ''));
}
