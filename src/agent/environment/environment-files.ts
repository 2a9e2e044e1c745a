import type { PayloadContainer } from '../contract.ts';
import { StepError } from '../engine-error.ts';
import type { TaskRecord } from '../state.ts';
import { createTaskMemo } from './task-memo.ts';
import type { TaskObjects } from './task-objects.ts';

/**
 * The environment files of a task's containers: fetched when it begins, kept in memory only, and fetched again by an
 * agent that was started in between.
 */
export interface EnvironmentFiles {
  /** Resolves when all of the task's are here. Rejects with StepError, which says which one is wrong and why. */
  fetch(task: TaskRecord): Promise<void>;
  /** The container with their variables, under those that it is given by name. */
  filled(task: TaskRecord, container: PayloadContainer): Promise<PayloadContainer>;
  forget(taskArn: string): void;
}

/** The resource that a task with environment files waits for; see plan.ts. */
export const environmentFilesResource = '@environment-files';

export function hasEnvironmentFiles({ payload }: TaskRecord): boolean {
  return payload.containers.some(({ environmentFiles = [] }) => environmentFiles.length > 0);
}

export function createEnvironmentFiles(readObject: TaskObjects): EnvironmentFiles {
  async function fetchAll(task: TaskRecord): Promise<ReadonlyMap<string, Variables>> {
    const files = new Map<string, Variables>();
    for (const { environmentFiles = [] } of task.payload.containers) {
      for (const { value } of environmentFiles) {
        if (files.has(value)) continue;
        const bytes = await readObject(task, value).catch((error: unknown) => {
          throw downloadFailure(value, error);
        });
        files.set(value, parseEnvironmentFile(new TextDecoder().decode(bytes)));
      }
    }
    return files;
  }

  /** The variables by the file's ARN. */
  const files = createTaskMemo(fetchAll);

  return {
    async fetch(task) {
      await files.of(task);
    },
    async filled(task, container) {
      const { environmentFiles = [] } = container;
      if (environmentFiles.length === 0) return container;
      const read = await files.of(task);
      // The first file that names a variable decides, and a variable of the definition over all of them.
      const variables = environmentFiles.map(({ value }) => read.get(value) ?? {}).toReversed();
      return { ...container, environment: Object.assign({}, ...variables, container.environment) };
    },
    forget: (taskArn) => files.forget(taskArn),
  };
}

type Variables = Readonly<Record<string, string>>;

/**
 * `NAME=value` a line, as amazon-ecs-agent reads it (agent/taskresource/envFiles): no quotes, no escapes, no trimming.
 * Lines that begin with #, and those without a name or without a value, are left out; of a name's lines the last counts.
 */
export function parseEnvironmentFile(text: string): Variables {
  const variables: (readonly [string, string])[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const mark = line.indexOf('=');
    if (mark > 0 && mark < line.length - 1) variables.push([line.slice(0, mark), line.slice(mark + 1)]);
  }
  return Object.fromEntries(variables);
}

/** In the words that a Fargate task shows. */
function downloadFailure(arn: string, error: unknown): StepError {
  const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : '';
  const status = error instanceof Error && 'status' in error ? ` status code: ${String(error.status)}` : '';
  const said = error instanceof Error ? error.message : String(error);
  return new StepError(
    `ResourceInitializationError: failed to download env files: file download command: non empty error stream: ${arn}: ${code}${said}${status}`,
  );
}
