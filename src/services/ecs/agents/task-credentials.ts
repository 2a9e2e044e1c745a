import type { RoleCredentials } from '../../../agent/contract.ts';
import type { TaskRecord } from '../tables.ts';

/**
 * Who gives tasks the credentials of their roles. An instance is given those of its own tasks and no others: with the
 * stock protocol an agent may ask for the credentials of all it runs, so what it runs is the limit of what it can take.
 */
export interface TaskCredentials {
  /** Undefined when the role cannot be assumed; the task then runs without. */
  issue(request: {
    readonly task: TaskRecord;
    readonly roleArn: string;
    readonly roleType: 'TaskApplication' | 'TaskExecution';
  }): RoleCredentials | undefined;
}

/** For a composition without STS: tasks run without credentials of their own. */
export const noTaskCredentials: TaskCredentials = { issue: () => undefined };
