import type { Reader } from '../../store/store.ts';
import { type ContainerInstanceRecord, containerInstances } from './tables.ts';

/** The instance, unless there is none that users may see: those of the Fargate pool are nobody's. */
export function findInstance(reader: Reader, arn: string): ContainerInstanceRecord | undefined {
  const instance = reader.get(containerInstances, arn);
  return instance?.capacity === 'FARGATE' ? undefined : instance;
}
