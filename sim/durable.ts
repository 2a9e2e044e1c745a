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

  /** Takes in one commit and gives what it changed. */
  take(changes: readonly StoredChange[]): Commit {
    return {
      tasks: this.tasks.take(changes),
      instances: this.instances.take(changes),
      services: this.services.take(changes),
      revisions: this.revisions.take(changes),
      deployments: this.deployments.take(changes),
      serviceDeployments: this.serviceDeployments.take(changes),
      taskSets: this.taskSets.take(changes),
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
  readonly #table: Pick<Table<R>, 'name'>;
  readonly #records = new Map<string, R>();

  constructor(table: Pick<Table<R>, 'name'>) {
    this.#table = table;
  }

  get(key: string): R | undefined {
    return this.#records.get(key);
  }

  all(): Iterable<R> {
    return this.#records.values();
  }

  take(changes: readonly StoredChange[]): readonly Changed<R>[] {
    const changed: Changed<R>[] = [];
    for (const { table, key, value } of changes) {
      if (table !== this.#table.name) continue;
      const before = this.#records.get(key);
      // The journal holds what the store wrote, so its text is trusted.
      const after: R | undefined = value === undefined ? undefined : JSON.parse(value);
      if (after) this.#records.set(key, after);
      else this.#records.delete(key);
      changed.push({ key, before, after });
    }
    return changed;
  }
}
