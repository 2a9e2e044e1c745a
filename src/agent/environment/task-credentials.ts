import type { RoleCredentials } from '../contract.ts';
import type { TaskRecord } from '../state.ts';

/** Credentials of the tasks that are here, in memory only: the control plane sends them again to an agent that restarts. */
export class TaskCredentials {
  readonly #byId = new Map<string, { readonly taskArn: string; readonly credentials: RoleCredentials }>();
  readonly #waiting = new Map<string, Set<(credentials: RoleCredentials) => void>>();

  get(credentialsId: string): RoleCredentials | undefined {
    return this.#byId.get(credentialsId)?.credentials;
  }

  /** Those of a task, once they are here: an agent that has just started is sent them a moment later. */
  async whenPresent(credentialsId: string): Promise<RoleCredentials> {
    const present = this.get(credentialsId);
    if (present) return present;
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(credentialsId) ?? new Set();
      this.#waiting.set(credentialsId, waiting.add(resolve));
    });
  }

  /** Also forgets, now and then, those of tasks that are gone. Credentials come just before their task does. */
  set(taskArn: string, credentials: RoleCredentials, present: readonly TaskRecord[]): void {
    const { credentialsId } = credentials;
    this.#byId.set(credentialsId, { taskArn, credentials });
    for (const resolve of this.#waiting.get(credentialsId) ?? []) resolve(credentials);
    this.#waiting.delete(credentialsId);
    if (this.#byId.size <= 2 * present.length + spare) return;
    const arns = new Set(present.map((task) => task.arn)).add(taskArn);
    for (const [id, kept] of this.#byId) if (!arns.has(kept.taskArn)) this.#byId.delete(id);
  }
}

/** More than one payload brings before its tasks are recorded. */
const spare = 1000;
