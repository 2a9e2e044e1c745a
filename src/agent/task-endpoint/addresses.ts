import type { PayloadContainer } from '../contract.ts';
import { type TaskRecord, taskIdOf } from '../state.ts';

/** Where a container finds its credentials and metadata, the same in every task on every machine. */
export const endpointAddress = '169.254.170.2';

/**
 * A network that no container needs to join: its bridge gives this machine the address, and what a container sends
 * there goes to its own gateway, which is this machine. (A container without any network joins it.)
 */
export const endpointNetwork = {
  name: 'longshore-task-endpoint',
  cidrBlock: '169.254.170.0/24',
  bridge: 'ls-task-endp',
} as const;

/**
 * The id under which a container asks for its metadata. Nobody else can guess it: it ends in the random part of the
 * container's name on the engine.
 */
export function endpointIdOf(task: TaskRecord, containerName: string): string {
  const dockerName = task.containers[containerName]?.dockerName ?? '';
  return `${taskIdOf(task.arn)}-${dockerName.slice(dockerName.lastIndexOf('-') + 1)}`;
}

export interface FoundContainer {
  readonly task: TaskRecord;
  readonly container: PayloadContainer;
}

/** The container that has this id. */
export function findByEndpointId(tasks: readonly TaskRecord[], endpointId: string): FoundContainer | undefined {
  const taskId = endpointId.slice(0, endpointId.lastIndexOf('-'));
  for (const task of tasks) {
    if (taskIdOf(task.arn) !== taskId) continue;
    const container = task.payload.containers.find(({ name }) => endpointIdOf(task, name) === endpointId);
    if (container) return { task, container };
  }
  return undefined;
}
