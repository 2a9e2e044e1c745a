import type { RoleCredentials } from '../../../agent/contract.ts';
import { assert } from '../../../core/assert.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Reader } from '../../../store/store.ts';
import { type TaskDefinitionRecord, type TaskRecord, taskDefinitions } from '../tables.ts';
import { rolesOfTask } from '../task-roles.ts';
import type { TaskCredentials } from './task-credentials.ts';

/** The credentials that one agent is given for its tasks, and when each task is due for others. */
export class RoleCredentialFeed {
  readonly #credentials: TaskCredentials;
  readonly #renewals = new Map<string, Instant>();

  constructor(credentials: TaskCredentials) {
    this.#credentials = credentials;
  }

  /** Credentials of the task's roles, new ones each time: nothing is kept of them but when they are due again. */
  issue(reader: Reader, task: TaskRecord): TaskRoleCredentials {
    const { taskRoleArn, executionRoleArn } = rolesOfTask(definitionOf(reader, task), task.overrides);
    if (taskRoleArn === undefined && executionRoleArn === undefined) return {};
    const give = (roleType: 'TaskApplication' | 'TaskExecution', roleArn: string | undefined) =>
      roleArn === undefined ? undefined : this.#credentials.issue(reader, { task, roleArn, roleType });
    const role = give('TaskApplication', taskRoleArn);
    const execution = give('TaskExecution', executionRoleArn);
    const renewAt = Math.min(...[role, execution].map((issued) => (issued ? issued.renewAt : Number.MAX_VALUE)));
    if (role || execution) this.#renewals.set(task.arn, renewAt);
    const unable = taskRoleArn && !role ? taskRoleArn : executionRoleArn && !execution ? executionRoleArn : undefined;
    return {
      ...(role && { roleCredentials: role.credentials }),
      ...(execution && { executionRoleCredentials: execution.credentials }),
      ...(unable !== undefined && { unable }),
    };
  }

  /** The tasks whose present credentials have little time left. */
  due(now: Instant): readonly string[] {
    return [...this.#renewals].flatMap(([taskArn, renewAt]) => (renewAt <= now ? [taskArn] : []));
  }

  /** The task is not with the agent any more. */
  forget(taskArn: string): void {
    this.#renewals.delete(taskArn);
  }
}

export interface TaskRoleCredentials {
  readonly roleCredentials?: RoleCredentials;
  readonly executionRoleCredentials?: RoleCredentials;
  /** The role that cannot be assumed. */
  readonly unable?: string;
}

export function definitionOf(reader: Reader, task: TaskRecord): TaskDefinitionRecord {
  const definition = reader.get(taskDefinitions, task.taskDefinitionArn);
  assert(definition, `the definition of task ${task.arn} is kept while the task is not STOPPED`);
  return definition;
}
