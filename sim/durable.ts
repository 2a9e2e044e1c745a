import {
  type DeploymentRecord,
  deployments,
  type ServiceDeploymentRecord,
  serviceDeployments,
  type ServiceRecord,
  type ServiceRevisionRecord,
  serviceRevisions,
  services,
  type TaskSetRecord,
  taskSets,
} from '../src/services/ecs/service-tables.ts';
import {
  type ContainerInstanceRecord,
  containerInstances,
  type TaskRecord,
  tasks,
} from '../src/services/ecs/tables.ts';
import type { StoredChange } from '../src/store/journal.ts';
import type { Table } from '../src/store/table.ts';

/**
 * What the journal holds, as records, kept up commit by commit: what checkers look at, whichever server is up. A server
 * that crashes loses what was not durable, and nothing here ever saw that.
 */
export class Durable {
  readonly tasks = new DurableTable<TaskRecord>(tasks);
  readonly instances = new DurableTable<ContainerInstanceRecord>(containerInstances);
  readonly services = new DurableTable<ServiceRecord>(services);
  readonly revisions = new DurableTable<ServiceRevisionRecord>(serviceRevisions);
  readonly deployments = new DurableTable<DeploymentRecord>(deployments);
  readonly serviceDeployments = new DurableTable<ServiceDeploymentRecord>(serviceDeployments);
  readonly taskSets = new DurableTable<TaskSetRecord>(taskSets);
  readonly #live = new Map<string, TaskRecord>();

  /** The tasks that are not STOPPED: a few of all, and what checkers go over at each commit. */
  get liveTasks(): Iterable<TaskRecord> {
    return this.#live.values();
  }

  /** Takes in one commit and gives what it changed. */
  take(changes: readonly StoredChange[]): Commit {
    const byTable = Map.groupBy(changes, ({ table }) => table);
    const taken = <R extends object>(table: DurableTable<R>): readonly Changed<R>[] => {
      const ofTable = byTable.get(table.name);
      return ofTable === undefined ? [] : table.take(ofTable);
    };
    const ofTasks = taken(this.tasks);
    for (const { key, after } of ofTasks) {
      if (after && after.lastStatus !== 'STOPPED') this.#live.set(key, after);
      else this.#live.delete(key);
    }
    return {
      tasks: ofTasks,
      instances: taken(this.instances),
      services: taken(this.services),
      revisions: taken(this.revisions),
      deployments: taken(this.deployments),
      serviceDeployments: taken(this.serviceDeployments),
      taskSets: taken(this.taskSets),
    };
  }
}

/** What one commit changed. The tables themselves are already as after it. */
export interface Commit {
  readonly tasks: readonly Changed<TaskRecord>[];
  readonly instances: readonly Changed<ContainerInstanceRecord>[];
  readonly services: readonly Changed<ServiceRecord>[];
  readonly revisions: readonly Changed<ServiceRevisionRecord>[];
  readonly deployments: readonly Changed<DeploymentRecord>[];
  readonly serviceDeployments: readonly Changed<ServiceDeploymentRecord>[];
  readonly taskSets: readonly Changed<TaskSetRecord>[];
}

export interface Changed<R> {
  readonly key: string;
  readonly before: R | undefined;
  readonly after: R | undefined;
}

export class DurableTable<R extends object> {
  readonly name: string;
  readonly #records = new Map<string, R>();

  readonly #read: ((key: string, stored: object) => object) | undefined;

  constructor(table: Pick<Table<R>, 'name' | 'stored'>) {
    this.name = table.name;
    this.#read = table.stored?.reader();
  }

  get(key: string): R | undefined {
    return this.#records.get(key);
  }

  all(): Iterable<R> {
    return this.#records.values();
  }

  /** Takes in changes of this table. */
  take(changes: readonly StoredChange[]): readonly Changed<R>[] {
    return changes.map(({ key, value }) => {
      const before = this.#records.get(key);
      // The journal holds what the store wrote, so its text is trusted.
      const stored = value === undefined ? undefined : JSON.parse(value);
      const after: R | undefined = stored && this.#read ? (this.#read(key, stored) as R) : stored;
      if (after) this.#records.set(key, after);
      else this.#records.delete(key);
      return { key, before, after };
    });
  }
}
