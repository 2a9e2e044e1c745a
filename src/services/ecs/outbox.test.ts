import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../store/store.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { runTask } from './operations/run-task.ts';
import { stopTask } from './operations/stop-task.ts';
import { updateContainerInstancesState } from './operations/update-container-instances-state.ts';
import { createEcsParts } from './parts.ts';
import { outboxRoom } from './reconcilers/outbox-room.ts';
import { limits } from './rules/limits.ts';
import { unableToPlace } from './rules/placement/explain.ts';
import { addServiceEvent, serviceMessage } from './service-events.ts';
import { type DeploymentRecord, deployments, type ServiceRecord, services } from './service-tables.ts';
import { droppedEventsOf, outbox, outboxEnd, type OutboxEvent, waitingEvents } from './outbox-tables.ts';
import { openEcs, someInstance } from './open-ecs.test.ts';
import { openTaskScene } from './task-scene.test.ts';
import { tasks } from './tables.ts';

function eventsOf(
  store: Store,
  detailType?: string,
): readonly (OutboxEvent & { readonly body: Record<string, unknown> })[] {
  return store
    .view(waitingEvents)
    .filter((event) => detailType === undefined || event.detailType === detailType)
    .map((event) => ({ ...event, body: JSON.parse(JSON.stringify(event.detail)) }));
}

test('each version of a task is told once, with the task as it was then', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  const taskDefinition = await ecs.define();
  const { tasks: [task] = [] } = await ecs.ask(runTask, { taskDefinition, tags: [{ key: 'a', value: 'b' }] });
  const arn = task?.taskArn;
  await ecs.clock.advance(1000);
  await ecs.report(arn, { status: 'RUNNING', containers: [{ name: 'app', status: 'RUNNING', runtimeId: 'r' }] });
  await ecs.report(arn, { status: 'RUNNING', containers: [{ name: 'app', status: 'RUNNING', runtimeId: 'r' }] });
  await ecs.ask(stopTask, { task: arn ?? '', reason: 'enough' });
  await ecs.report(arn, { status: 'STOPPED', containers: [{ name: 'app', status: 'STOPPED', exitCode: 3 }] });

  const told = eventsOf(ecs.store, 'ECS Task State Change');
  assert.deepEqual(
    told.map(({ body }) => [body['version'], body['lastStatus'], body['desiredStatus']]),
    [
      [1, 'PENDING', 'RUNNING'],
      [2, 'RUNNING', 'RUNNING'],
      [3, 'RUNNING', 'STOPPED'],
      [4, 'STOPPED', 'STOPPED'],
    ].map(([version, ...statuses]) => [version, ...statuses]),
  );
  assert.equal(new Set(told.map(({ id }) => id)).size, told.length);
  const [first, second, , last] = told;
  assert.deepEqual(first?.resources, [arn]);
  assert.deepEqual([first?.accountId, first?.region], ['123456789012', 'us-east-1']);
  assert.equal(second?.body['startedAt'], new Date(second?.time ?? 0).toISOString());
  assert.equal(second?.body['updatedAt'], second?.body['startedAt']);
  assert.equal(last?.body['stoppedReason'], 'enough');
  assert.ok(Array.isArray(last?.body['containers']));
  assert.deepEqual(
    last?.body['containers'].map(({ name, exitCode, lastStatus }: Record<string, unknown>) => [
      name,
      exitCode,
      lastStatus,
    ]),
    [['app', 3, 'STOPPED']],
  );
  for (const absent of ['tags', 'healthStatus']) assert.equal(first?.body[absent], undefined, absent);
});

test('the tasks of one request are told in one record, so that they cost its transaction one change', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { memoryMiB: 2000, cpuUnits: 4000 });
  await ecs.define();
  const before = ecs.store.view((reader) => reader.projected(outboxEnd).lastOrdinal);
  await ecs.ask(runTask, { taskDefinition: 'web', count: 10 });
  const records = ecs.store.view((reader) => [...reader.list(outbox)].filter(({ ordinal }) => ordinal > before));
  assert.deepEqual(
    records.map(({ told }) => told.length),
    [10],
  );
});

test('an event that nobody wants is not written, and whoever wants one kind in one place gets just that', async () => {
  const ecs = await openEcs((_reader, { region }, detailType) => {
    return region === 'us-east-1' && detailType === 'ECS Deployment State Change';
  });
  await ecs.store.update((tx) => {
    tx.put(services, aService);
    tx.put(deployments, aDeployment);
    tx.put(deployments, { ...aDeployment, region: 'eu-west-1', id: 'ecs-svc/1' });
  });
  await ecs.store.update((tx) => tx.put(services, { ...aService, desiredCount: 4 }));
  assert.deepEqual(
    eventsOf(ecs.store).map(({ detailType, region }) => [detailType, region]),
    [['ECS Deployment State Change', 'us-east-1']],
  );
});

test('an event is there after a crash exactly when its change is', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.define();
  await ecs.ask(runTask, { taskDefinition: 'web' });
  void ecs.ask(runTask, { taskDefinition: 'web' }).catch(() => undefined); // the server dies before it is answered
  const store = await ecs.reopen();
  const told = eventsOf(store, 'ECS Task State Change').flatMap(({ resources }) => resources);
  assert.deepEqual(told.toSorted(), store.view((reader) => [...reader.list(tasks)].map(({ arn }) => arn)).toSorted());
  assert.notEqual(told.length, 0);
});

test('a transaction that fails tells nothing, and the next one takes its number', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  const before = ecs.store.view((reader) => ({ ...reader.projected(outboxEnd) }));
  await assert.rejects(
    ecs.store.update((tx) => {
      tx.put(services, aService);
      tx.put(deployments, aDeployment);
      throw new RangeError('no');
    }),
    RangeError,
  );
  assert.deepEqual(
    ecs.store.view((reader) => ({ ...reader.projected(outboxEnd) })),
    before,
  );
  await ecs.store.update((tx) => tx.put(deployments, aDeployment));
  assert.equal(
    ecs.store.view((reader) => reader.projected(outboxEnd).lastOrdinal),
    before.lastOrdinal + 1,
  );
});

test('a container instance is told with the one value of each of its resources; an instance of Fargate is not told', async () => {
  const ecs = await openTaskScene();
  const host = await ecs.host(1);
  await ecs.pool(2);
  await ecs.ask(updateContainerInstancesState, { containerInstances: [host.arn], status: 'DRAINING' });
  const told = eventsOf(ecs.store, 'ECS Container Instance State Change');
  assert.deepEqual(
    told.map(({ resources, body }) => [resources, body['status']]),
    [
      [[host.arn], 'ACTIVE'],
      [[host.arn], 'DRAINING'],
    ],
  );
  const resources = told[0]?.body['remainingResources'];
  assert.ok(Array.isArray(resources) && resources.length > 0);
  for (const resource of resources) assert.equal(Object.keys(resource).length, 3, JSON.stringify(resource));
  assert.equal(told[0]?.body['clusterArn'], host.clusterArn);
});

const serviceArn = 'arn:aws:ecs:us-east-1:123456789012:service/default/web';
const clusterArn = 'arn:aws:ecs:us-east-1:123456789012:cluster/default';
const scope = { accountId: '123456789012', region: 'us-east-1' };
const aService: ServiceRecord = {
  ...scope,
  arn: serviceArn,
  name: 'web',
  clusterArn,
  clusterName: 'default',
  status: 'ACTIVE',
  schedulingStrategy: 'DAEMON',
  deploymentController: 'ECS',
  desiredCount: 1,
  deploymentConfiguration: {},
  availabilityZoneRebalancing: 'DISABLED',
  placementConstraints: [],
  placementStrategy: [],
  healthCheckGracePeriodSeconds: 0,
  enableECSManagedTags: false,
  propagateTags: 'NONE',
  enableExecuteCommand: false,
  tags: [],
  createdAt: 0,
  createdBy: 'me',
  isSteady: false,
  failedLaunches: 0,
};
const aDeployment: DeploymentRecord = {
  ...scope,
  id: 'ecs-svc/1234567890123456789',
  serviceArn,
  revisionArn: 'r',
  serviceDeploymentArn: 'd',
  status: 'PRIMARY',
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: 'ECS deployment ecs-svc/1234567890123456789 in progress.',
  desiredCount: 1,
  failedTasks: 0,
  createdAt: 0,
  updatedAt: 1_700_000_000_000,
};

test('a deployment is told when it begins and how it ends', async () => {
  const ecs = await openTaskScene();
  const put = (more: Partial<DeploymentRecord>): Promise<void> =>
    ecs.store.update((tx) => tx.put(deployments, { ...aDeployment, ...more }));
  await put({});
  await put({ failedTasks: 2 });
  const reason = 'ECS deployment circuit breaker: tasks failed to start.';
  await put({ rolloutState: 'FAILED', rolloutStateReason: reason });
  const told = eventsOf(ecs.store, 'ECS Deployment State Change');
  assert.deepEqual(
    told.map(({ body }) => body),
    [
      {
        eventType: 'INFO',
        eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS',
        deploymentId: aDeployment.id,
        updatedAt: '2023-11-14T22:13:20.000Z',
        reason: aDeployment.rolloutStateReason,
      },
      {
        eventType: 'ERROR',
        eventName: 'SERVICE_DEPLOYMENT_FAILED',
        deploymentId: aDeployment.id,
        updatedAt: '2023-11-14T22:13:20.000Z',
        reason,
      },
    ],
  );
  assert.deepEqual(told[0]?.resources, [serviceArn]);
});

test('a service is told by the words its user is told, where they have an event', async () => {
  const ecs = await openTaskScene();
  await ecs.store.update((tx) => tx.put(services, aService));
  const zones = new Map([['us-east-1a', 2]]);
  const cases: readonly (readonly [message: string, name: string | undefined, type?: string, reason?: string])[] = [
    [serviceMessage.startedTasks('web', ['t']), undefined],
    [serviceMessage.steadyState('web'), 'SERVICE_STEADY_STATE', 'INFO'],
    [serviceMessage.unableToStartTasksConsistently('web'), 'SERVICE_TASK_START_IMPAIRED', 'WARN'],
    [
      `(service web) ${unableToPlace([])}`,
      'SERVICE_TASK_PLACEMENT_FAILURE',
      'ERROR',
      'No Container Instances were found in your cluster.',
    ],
    ...(['RESOURCE:CPU', 'RESOURCE:MEMORY', 'RESOURCE:PORTS', 'ATTRIBUTE', 'AGENT'] as const).map(
      (reason) =>
        [
          `(service web) ${unableToPlace([{ candidate: { instance: someInstance({ id: 'i' }) }, reason }])}`,
          'SERVICE_TASK_PLACEMENT_FAILURE',
          'ERROR',
          reason,
        ] as const,
    ),
    [
      serviceMessage.unableToPlaceBecause('web', 'TaskDefinition not found'),
      'SERVICE_TASK_CONFIGURATION_FAILURE',
      'ERROR',
      'TaskDefinition not found',
    ],
    [serviceMessage.stoppedRunningTasks('web', ['t']), 'TASKS_STOPPED', 'INFO'],
    [serviceMessage.startedToRebalance('web', 'us-east-1a', ['t']), 'TASKS_STARTED', 'INFO'],
    [serviceMessage.stoppedToRebalance('web', 'us-east-1a', ['t']), 'TASKS_STOPPED', 'INFO'],
    [serviceMessage.stoppedRebalancing('web'), 'SERVICE_REBALANCING_STOPPED', 'INFO'],
    [serviceMessage.unableToRebalance('web', 'ecs-svc/1'), 'TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION', 'INFO'],
    [
      serviceMessage.unableToPlaceInZone('web', 'us-east-1a'),
      'SERVICE_TASK_PLACEMENT_FAILURE',
      'ERROR',
      'no container instance met all of its requirements',
    ],
    [serviceMessage.zonesNotBalanced('web', zones), 'SERVICE_REBALANCING_STARTED', 'INFO'],
    [serviceMessage.zonesBalanced('web', zones), 'SERVICE_REBALANCING_COMPLETED', 'INFO'],
  ];
  for (const [message, name, type, reason] of cases) {
    const before = eventsOf(ecs.store).length;
    await ecs.store.update((tx, env) => addServiceEvent(tx, env, aService, message, { isNew: true }));
    const [told, ...more] = eventsOf(ecs.store).slice(before);
    assert.deepEqual(more, []);
    assert.equal(told?.body['eventName'], name, message);
    if (name === undefined) continue;
    assert.equal(told?.detailType, 'ECS Service Action');
    assert.deepEqual([told?.body['eventType'], told?.body['reason']], [type, reason]);
    assert.equal(told?.body['clusterArn'], clusterArn);
    assert.deepEqual(told?.resources, [serviceArn]);
  }
  const before = eventsOf(ecs.store).length;
  await ecs.store.update((tx) => tx.put(services, { ...aService, desiredCount: 4 }));
  const [computed] = eventsOf(ecs.store).slice(before);
  assert.equal(computed?.body['eventName'], 'SERVICE_DESIRED_COUNT_UPDATED');
});

test('what no provider has room for names its providers, and a closest instance is named by its ARN', async () => {
  const ecs = await openTaskScene();
  const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];
  const lists = { loadBalancers: [], serviceRegistries: [], volumeConfigurations: [] };
  const settings = { taskDefinitionArn: 'd', capacityProviderStrategy: strategy, ...lists };
  const service: ServiceRecord = { ...aService, settings };
  await ecs.store.update((tx) => tx.put(services, service));
  const before = eventsOf(ecs.store).length;
  const capacity = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
  const refused = [{ candidate: { instance: someInstance({ id: 'i' }) }, reason: 'RESOURCE:CPU' }];
  for (const message of [
    serviceMessage.unableToPlaceBecause('web', capacity),
    `(service web) ${unableToPlace(refused)}`,
    serviceMessage.steadyState('web'),
  ]) {
    await ecs.store.update((tx, env) => addServiceEvent(tx, env, service, message, { isNew: true }));
  }
  const capacityProviderArns = ['arn:aws:ecs:us-east-1:123456789012:capacity-provider/FARGATE_SPOT'];
  const [fargate, instance, steady, ofProviders] = eventsOf(ecs.store)
    .slice(before)
    .map(({ body: { createdAt: _at, clusterArn: _cluster, ...body } }) => body);
  const unplaced = { eventType: 'ERROR', eventName: 'SERVICE_TASK_PLACEMENT_FAILURE' };
  assert.deepEqual(fargate, { ...unplaced, capacityProviderArns, reason: 'RESOURCE:FARGATE' });
  assert.deepEqual(instance, {
    ...unplaced,
    containerInstanceArns: ['arn:aws:ecs:us-east-1:123456789012:container-instance/default/i'],
    reason: 'RESOURCE:CPU',
  });
  assert.deepEqual(steady, { eventType: 'INFO', eventName: 'SERVICE_STEADY_STATE' });
  assert.deepEqual(ofProviders, {
    eventType: 'INFO',
    eventName: 'CAPACITY_PROVIDER_STEADY_STATE',
    capacityProviderArns,
  });
});

test('beyond the limit the oldest events are dropped a round at a time and counted, and the rest is kept in order, after a crash too', async () => {
  const ecs = await openTaskScene();
  const total = limits.outboxRecords + 2 * limits.removalsPerRound + 7;
  for (let round = 0; round < total; round += 1) {
    const rolloutState = round % 2 === 0 ? 'IN_PROGRESS' : 'COMPLETED';
    await ecs.store.update((tx) => tx.put(deployments, { ...aDeployment, rolloutState, updatedAt: round }));
  }
  const dropped = 2 * limits.removalsPerRound;
  const check = (store: Store): void => {
    assert.equal(store.view(droppedEventsOf), dropped);
    assert.deepEqual(
      store.view((reader) => ({ ...reader.projected(outboxEnd) })),
      { lastOrdinal: total, records: total - dropped },
    );
    const kept = eventsOf(store).map(({ body }) => Date.parse(String(body['updatedAt'])));
    assert.deepEqual(
      kept,
      Array.from({ length: total - dropped }, (_, index) => index + dropped),
    );
  };
  await ecs.settle([outboxRoom]);
  check(ecs.store);
  await ecs.settle([outboxRoom]);
  check(ecs.store);
  check(await ecs.reopen());
});

test('a server that nobody tells what it wants keeps every event', async () => {
  const clock = new SimClock();
  const { wantsEvent } = createEcsParts({ clock, random: new SimRandom(1), hash: simHash, log: new SimLog(clock) });
  const ecs = await openEcs(wantsEvent);
  await ecs.store.update((tx) => tx.put(deployments, aDeployment));
  assert.equal(eventsOf(ecs.store).length, 1);
});
