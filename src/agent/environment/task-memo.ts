import type { Clock } from '../../world/world.ts';
import type { TaskRecord } from '../state.ts';

/** What is fetched for a task once and kept in memory until the task is forgotten; a failure is not kept. */
export interface TaskMemo<Value> {
  of(task: TaskRecord): Promise<Value>;
  forget(taskArn: string): void;
}

export function createTaskMemo<Value>(fetch: (task: TaskRecord) => Promise<Value>): TaskMemo<Value> {
  const fetched = new Map<string, Promise<Value>>();
  return {
    of(task) {
      const known = fetched.get(task.arn);
      if (known) return known;
      const fetching = fetch(task);
      fetched.set(task.arn, fetching);
      fetching.catch(() => fetched.delete(task.arn)); // whoever waits for it is told
      return fetching;
    },
    forget: (taskArn) => {
      fetched.delete(taskArn);
    },
  };
}

/** Asks until there is an answer: one of AWS stands, and where there was none the server may be starting again. */
export async function answered<Value>(clock: Clock, ask: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      const isAnswer = error instanceof Error && error.name === 'AwsError';
      if (isAnswer || attempt === mostAttempts) throw error;
      await clock.sleep(askAgainAfterMs);
    }
  }
}

const mostAttempts = 30;
const askAgainAfterMs = 1000;
