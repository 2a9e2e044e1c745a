import type { Reader } from '../../store/store.ts';
import { tasks } from './tables.ts';

/** Whether a task has stopped or is not there any more: what was given to it is its no longer. */
export function isTaskOver(reader: Reader, taskArn: string): boolean {
  const task = reader.get(tasks, taskArn);
  return !task || task.lastStatus === 'STOPPED';
}
