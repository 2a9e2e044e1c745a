/** The roles of a task: its own, and the one by which its agent pulls, logs and fetches secrets for it. */
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { findRole, roleArnOf, type RoleView, trustsService } from '../iam/public.ts';
import { clientError } from './errors.ts';
import { ecsArn } from './references.ts';
import type { TaskDefinitionRecord, TaskRecord } from './tables.ts';

export interface TaskRoles {
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
}

/** What an override names takes the place of what the definition does. */
export function rolesOfTask(
  { definition }: Pick<TaskDefinitionRecord, 'definition'>,
  overrides: TaskRecord['overrides'],
): TaskRoles {
  const taskRoleArn = overrides.taskRoleArn ?? definition.taskRoleArn;
  const executionRoleArn = overrides.executionRoleArn ?? definition.executionRoleArn;
  return { ...(taskRoleArn && { taskRoleArn }), ...(executionRoleArn && { executionRoleArn }) };
}

/** The role, where there is one and it trusts the tasks of ECS. `sourceArn` is of the task for which it is assumed. */
export function assumableRole(
  reader: Reader,
  { accountId }: Scope,
  reference: string,
  sourceArn: string,
): RoleView | undefined {
  const role = findRole(reader, accountId, reference);
  const assuming = { service: 'ecs-tasks.amazonaws.com', sourceArn, sourceAccountId: accountId };
  return role && trustsService(role, assuming) ? role : undefined;
}

/** Throws ClientException where tasks of the cluster could not have one of the roles. */
export function checkTaskRoles(reader: Reader, scope: Scope, clusterName: string, roles: TaskRoles): void {
  for (const reference of [roles.taskRoleArn, roles.executionRoleArn]) {
    if (reference === undefined) continue;
    if (assumableRole(reader, scope, reference, ecsArn(scope, `task/${clusterName}/*`))) continue;
    throw clientError(unableToAssume(roleArnOf(reader, scope.accountId, reference)));
  }
}

/** AWS's words, which do not say whether the role is missing or does not trust. */
export function unableToAssume(roleArn: string): string {
  return `ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
}
