import type { PayloadContainer } from './contract.ts';
import type { ContainerRecord, TaskRecord } from './state.ts';

/** Whether a container has ended and stays so: no restart policy brings it back. Once true it stays true. */
export function isOver(task: TaskRecord, seen: ContainerRecord): boolean {
  if (seen.phase === 'gone') return true;
  if (seen.phase === 'running') return false;
  if (seen.phase === 'exited') {
    if (task.desiredStatus === 'STOPPED') return true;
    return !mayRestart(
      task.payload.containers.find((wanted) => wanted.name === seen.name),
      seen,
    );
  }
  return seen.error !== undefined;
}

/** Whether a container that exited comes back by its restart policy. The period counts from its last start. */
function mayRestart(wanted: PayloadContainer | undefined, seen: ContainerRecord): boolean {
  const policy = wanted?.restartPolicy;
  if (!policy?.enabled || seen.startFailed || seen.exitCode === undefined) return false;
  if (policy.ignoredExitCodes.includes(seen.exitCode)) return false;
  if (seen.startedAt === undefined || seen.finishedAt === undefined) return false;
  return seen.finishedAt - seen.startedAt >= policy.restartAttemptPeriod * 1000;
}
