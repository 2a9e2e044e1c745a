import type { LaunchType, ListTasksRequest, ListTasksResponse } from '@aws-sdk/client-ecs';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import { decodeToken, takePage } from '../../../core/page.ts';
import type { Reader } from '../../../store/store.ts';
import { invalidParameter, notBuilt } from '../errors.ts';
import { matching } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { containerInstanceArnOf, findCluster, findService } from '../references.ts';
import { limits } from '../rules/limits.ts';
import type { ServiceRecord } from '../service-tables.ts';
import { type ClusterRecord, type TaskRecord, tasks } from '../tables.ts';

/** ARNs of a cluster's tasks in ARN order; those wanted RUNNING, where the request does not say otherwise. */
export const listTasks: Operation<ListTasksRequest, ListTasksResponse, EcsParts> = (input, { call, store }) => {
  const { maxResults = limits.page.default, nextToken } = input;
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > limits.page.max) {
    throw invalidParameter(`maxResults should be between 1 and ${limits.page.max}`);
  }
  const afterArn = nextToken === undefined ? undefined : decodeToken(nextToken);
  if (nextToken !== undefined && afterArn === undefined) throw invalidParameter('Invalid token.');
  const others = [input.containerInstance, input.family, input.serviceName, input.daemonName, input.launchType];
  if (input.startedBy !== undefined && others.some((filter) => filter !== undefined)) {
    throw invalidParameter('startedBy must be the only filter of a request that has it.');
  }
  return store.view((reader) => {
    const cluster = findCluster(reader, call, input.cluster);
    if (input.daemonName !== undefined) throw notBuilt('daemons (daemonName)');
    const service = input.serviceName === undefined ? undefined : findService(reader, cluster, input.serviceName);
    const instanceArn =
      input.containerInstance === undefined
        ? undefined
        : containerInstanceArnOf(call, cluster.arn, input.containerInstance);
    const { desiredStatus = 'RUNNING', family, launchType } = input;
    const found = candidates(reader, cluster, { ...input, desiredStatus, instanceArn, service }, afterArn);
    const wanted = matching(
      found,
      (task) =>
        task.desiredStatus === desiredStatus &&
        (service === undefined || task.serviceArn === service.arn) &&
        (family === undefined || task.family === family) &&
        (launchType === undefined || task.launchType === launchType) &&
        (instanceArn === undefined || (task.containerInstanceArn === instanceArn && task.launchType !== 'FARGATE')),
    );
    const page = takePage(wanted, maxResults, (task) => task.arn);
    return {
      taskArns: page.items.map((task) => task.arn),
      ...(page.nextToken !== undefined && { nextToken: page.nextToken }),
    };
  });
};

const launchTypes: readonly LaunchType[] = ['EC2', 'EXTERNAL', 'FARGATE', 'MANAGED_INSTANCES'];

/** From the index that leaves least to look through; whatever is wanted besides is compared task by task. */
function candidates(
  reader: Reader,
  { arn }: ClusterRecord,
  wanted: Pick<Parsed<ListTasksRequest>, 'desiredStatus' | 'family' | 'launchType' | 'startedBy'> & {
    readonly instanceArn: string | undefined;
    readonly service: ServiceRecord | undefined;
  },
  afterArn: string | undefined,
): Iterable<TaskRecord> {
  const { desiredStatus, family, launchType, startedBy, instanceArn, service } = wanted;
  if (startedBy) return reader.find(tasks, 'startedBy', `${arn}/${desiredStatus}/${startedBy}`, afterArn);
  if (instanceArn !== undefined) {
    // What is wanted RUNNING is not STOPPED yet, so an hour of stopped tasks need not be looked through for it.
    return reader.find(tasks, desiredStatus === 'RUNNING' ? 'occupying' : 'leaving', instanceArn, afterArn);
  }
  if (service) {
    return desiredStatus === 'RUNNING'
      ? reader.find(tasks, 'service', service.arn, afterArn)
      : reader.find(tasks, 'group', `${arn}/service:${service.name}`, afterArn);
  }
  if (family !== undefined) return reader.find(tasks, 'family', `${arn}/${desiredStatus}/${family}`, afterArn);
  const of = (one: LaunchType): Iterable<TaskRecord> =>
    reader.find(tasks, 'launchType', `${arn}/${desiredStatus}/${one}`, afterArn);
  return launchType === undefined ? inArnOrder(launchTypes.map(of)) : of(launchType);
}

/** Several listings, each in ARN order, as one. */
function* inArnOrder(listings: readonly Iterable<TaskRecord>[]): Generator<TaskRecord> {
  const heads = listings.map((listing) => {
    const rest = listing[Symbol.iterator]();
    return { rest, next: rest.next() };
  });
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (!head.next.done && (!first || first.next.done || head.next.value.arn < first.next.value.arn)) first = head;
    }
    if (!first || first.next.done) return;
    yield first.next.value;
    first.next = first.rest.next();
  }
}
