import type { RoleCredentials } from './contract.ts';
import type { TaskRecord } from './state.ts';

/** Credentials of the tasks that are here, in memory only: the control plane sends them again to an agent that restarts. */
export class TaskCredentials {
  readonly #byId = new Map<string, { readonly taskArn: string; readonly credentials: RoleCredentials }>();

  get(credentialsId: string): RoleCredentials | undefined {
    return this.#byId.get(credentialsId)?.credentials;
  }

  /** Also forgets, now and then, those of tasks that are gone. Credentials come just before their task does. */
  set(taskArn: string, credentials: RoleCredentials, present: readonly TaskRecord[]): void {
    this.#byId.set(credentials.credentialsId, { taskArn, credentials });
    if (this.#byId.size <= 2 * present.length + spare) return;
    const arns = new Set(present.map((task) => task.arn)).add(taskArn);
    for (const [id, kept] of this.#byId) if (!arns.has(kept.taskArn)) this.#byId.delete(id);
  }
}

/** More than one payload brings before its tasks are recorded. */
const spare = 1000;
