import type { Clock } from '../../world/world.ts';
import type { ObjectReader } from '../contract.ts';
import type { TaskRecord } from '../state.ts';
import type { TaskCredentials } from './task-credentials.ts';
import { answered } from './task-memo.ts';

/** Reads objects of S3 as a task's execution role: its environment files, and the configuration of its log router. */
export type TaskObjects = (task: TaskRecord, arn: string) => Promise<Uint8Array>;

export function createTaskObjects(parts: {
  readonly objects: ObjectReader | undefined;
  readonly clock: Clock;
  readonly credentials: Pick<TaskCredentials, 'whenPresent'>;
}): TaskObjects {
  return async (task, arn) => {
    const [, bucket, key] = /^arn:[^:]*:s3:::([^/]+)\/(.+)$/.exec(arn) ?? [];
    if (bucket === undefined || key === undefined) throw new Error(`${arn} is not the ARN of an object in S3`);
    if (!parts.objects) throw new Error('this agent has no way to S3');
    const credentialsId = task.credentialsIds?.execution;
    if (credentialsId === undefined) throw new Error('the task has no execution role');
    const { objects } = parts;
    const role = await parts.credentials.whenPresent(credentialsId);
    return answered(parts.clock, () => objects.getObject(bucket, key, role));
  };
}
