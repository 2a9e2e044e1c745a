import type { Call } from '../../aws/operation.ts';
import { parseArn } from '../../core/arn.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { clusterInactive, invalidParameter } from './errors.ts';
import { services, taskSets } from './service-tables.ts';
import { clusters, containerInstances, type Tags, taskDefinitions, tasks } from './tables.ts';

/** A resource that can have tags: those it has, and how to give it others. */
export interface TaggedResource {
  readonly tags: Tags;
  write(tx: Transaction, tags: Tags): void;
}

/** The resource of an ARN; undefined when there is none. Throws on what is no ARN of a taggable resource. */
export function findTaggedResource(reader: Reader, call: Call, arn: string): TaggedResource | undefined {
  const parts = parseArn(arn);
  const find = kinds[parts?.resource.split('/')[0] ?? ''];
  if (parts?.service !== 'ecs' || !find) throw invalidParameter('The ARN provided is invalid.');
  if (parts.accountId !== call.accountId || parts.region !== call.region) return undefined;
  return find(reader, arn);
}

const kinds: Readonly<Record<string, (reader: Reader, arn: string) => TaggedResource | undefined>> = {
  cluster: (reader, arn) => {
    const record = reader.get(clusters, arn);
    if (record?.status === 'INACTIVE') throw clusterInactive();
    return record && { tags: record.tags, write: (tx, tags) => tx.put(clusters, { ...record, tags }) };
  },
  'task-definition': (reader, arn) => {
    const record = reader.get(taskDefinitions, arn);
    return record && { tags: record.tags, write: (tx, tags) => tx.put(taskDefinitions, { ...record, tags }) };
  },
  'container-instance': (reader, arn) => {
    const record = reader.get(containerInstances, arn);
    if (!record || record.capacity === 'FARGATE' || record.status === 'INACTIVE') return undefined;
    return { tags: record.tags, write: (tx, tags) => tx.put(containerInstances, { ...record, tags }) };
  },
  task: (reader, arn) => {
    const record = reader.get(tasks, arn);
    return record && { tags: record.tags, write: (tx, tags) => tx.put(tasks, { ...record, tags }) };
  },
  service: (reader, arn) => {
    const record = reader.get(services, arn);
    if (record?.status !== 'ACTIVE') return undefined;
    return { tags: record.tags, write: (tx, tags) => tx.put(services, { ...record, tags }) };
  },
  'task-set': (reader, arn) => {
    const record = reader.get(taskSets, arn);
    return record && { tags: record.tags, write: (tx, tags) => tx.put(taskSets, { ...record, tags }) };
  },
  // Taggable in AWS and not built yet, so none exists.
  'capacity-provider': () => undefined,
};
