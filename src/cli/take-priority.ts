import { raisePriority } from '../world/real/process-priority.ts';
import type { Log } from '../world/world.ts';

export type Priority = 'raised' | 'usual';

/** Of this process, for the rest of its life. Where the system refuses, it works on at the usual one and says so. */
export function takePriority(priority: Priority, log: Log): void {
  if (priority === 'usual') return;
  const { refusal } = raisePriority();
  if (refusal !== undefined) log.info('working at the usual priority', { reason: refusal });
}
