import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServiceScene, type ServiceScene } from '../service-records.test.ts';
import { deletedTaskDefinitions } from '../reconcilers/deleted-task-definitions.ts';
import { deployments, serviceDeployments } from '../service-tables.ts';
import { deleteTaskDefinitions } from './delete-task-definitions.ts';
import { deregisterTaskDefinition } from './deregister-task-definition.ts';
import { describeServiceDeployments } from './describe-service-deployments.ts';
import { describeServiceRevisions } from './describe-service-revisions.ts';
import { describeTaskDefinition } from './describe-task-definition.ts';
import { listServiceDeployments } from './list-service-deployments.ts';
import { stopServiceDeployment } from './stop-service-deployment.ts';
import { updateService } from './update-service.ts';

const again = { service: 'web', forceNewDeployment: true };

async function described(ecs: ServiceScene, arn: string) {
  const { serviceDeployments: [found] = [] } = await ecs.ask(describeServiceDeployments, {
    serviceDeploymentArns: [arn],
  });
  assert(found);
  return found;
}

test('a deployment is described with what it starts from, goes to, and watches', async () => {
  const ecs = await openServiceScene();
  await ecs.create({ deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } });
  await ecs.complete();
  await ecs.runTask(1);
  await ecs.ask(updateService, again);
  const [first, second] = ecs.history();
  await ecs.runTask(2, { lastStatus: 'PENDING' });
  const shown = await described(ecs, second?.arn ?? '');
  assert.deepEqual(shown.sourceServiceRevisions, [
    { arn: first?.targetRevisionArn, requestedTaskCount: 1, runningTaskCount: 1, pendingTaskCount: 0 },
  ]);
  assert.deepEqual(shown.targetServiceRevision, {
    arn: second?.targetRevisionArn,
    requestedTaskCount: 2,
    runningTaskCount: 0,
    pendingTaskCount: 1,
  });
  assert.deepEqual(shown.deploymentCircuitBreaker, { status: 'MONITORING', failureCount: 0, threshold: 3 });
  assert.deepEqual(shown.alarms, { status: 'DISABLED', alarmNames: [], triggeredAlarmNames: [] });
  assert.deepEqual([shown.status, shown.lifecycleStage, shown.rollback], ['IN_PROGRESS', undefined, undefined]);
  assert(shown.createdAt instanceof Date && shown.startedAt instanceof Date && shown.finishedAt === undefined);
});

test('a deployment in stages shows its stage and how traffic is shared', async () => {
  const ecs = await openServiceScene();
  await ecs.create({ deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 } });
  await ecs.complete();
  await ecs.ask(updateService, again);
  const shown = await described(ecs, ecs.history()[1]?.arn ?? '');
  assert.equal(shown.lifecycleStage, 'PRE_SCALE_UP');
  const weights = [shown.targetServiceRevision, ...(shown.sourceServiceRevisions ?? [])].map((revision) => [
    revision?.requestedProductionTrafficWeight,
    revision?.requestedTestTrafficWeight,
  ]);
  assert.deepEqual(weights[0], [0, 0]);
  assert.equal(weights[1]?.[0], 100);
});

test('a revision is what its deployment was begun with, whatever the service becomes', async () => {
  const ecs = await openServiceScene();
  const taskDefinition = await ecs.define();
  await ecs.create();
  const arn = ecs.history()[0]?.targetRevisionArn ?? '';
  await ecs.define();
  await ecs.ask(updateService, { service: 'web', taskDefinition: 'web' });
  const { serviceRevisions: [revision] = [], failures } = await ecs.ask(describeServiceRevisions, {
    serviceRevisionArns: [arn, `${arn}0`],
  });
  assert.deepEqual(
    [revision?.serviceRevisionArn, revision?.taskDefinition, revision?.launchType],
    [arn, taskDefinition, 'EC2'],
  );
  assert.deepEqual(revision?.containerImages, []);
  assert.deepEqual(failures, [{ arn: `${arn}0`, reason: 'MISSING' }]);
});

test('deployments are listed newest first, by status and by time, a page at a time', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  for (let count = 0; count < 5; count += 1) {
    await ecs.ask(updateService, again);
    await ecs.clock.advance(1);
  }
  const expected = ecs
    .history()
    .map(({ arn }) => arn)
    .reverse();
  const list = async (more = {}): Promise<readonly (string | undefined)[]> => {
    const { serviceDeployments: found = [] } = await ecs.ask(listServiceDeployments, { service: 'web', ...more });
    return found.map(({ serviceDeploymentArn }) => serviceDeploymentArn);
  };
  assert.deepEqual(await list(), expected);
  assert.deepEqual(await list({ status: ['IN_PROGRESS'] }), expected.slice(0, 1));
  assert.deepEqual(await list({ status: ['SUCCESSFUL', 'STOPPED'] }), expected.slice(1));
  const third = new Date(ecs.history()[2]?.createdAt ?? 0);
  assert.deepEqual(await list({ createdAt: { before: third } }), expected.slice(4));
  assert.deepEqual(await list({ createdAt: { after: third } }), expected.slice(0, 3));
  const found: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.ask(listServiceDeployments, {
      service: 'web',
      maxResults: 2,
      ...(nextToken && { nextToken }),
    });
    found.push(...(page.serviceDeployments ?? []).map(({ serviceDeploymentArn }) => serviceDeploymentArn));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  assert.deepEqual(found, expected);
  await ecs.refuses(listServiceDeployments, { service: 'none' }, 'ServiceNotFoundException');
});

test('a deployment under way can be asked to roll back, or to stop; one at its end cannot', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  const first = { serviceDeploymentArn: ecs.history()[0]?.arn ?? '' };
  await ecs.refuses(stopServiceDeployment, first, 'ConflictException', /no earlier service revision/);
  await ecs.complete();
  await ecs.refuses(stopServiceDeployment, first, 'ConflictException', /status is SUCCESSFUL/);
  await ecs.ask(updateService, again);
  const second = { serviceDeploymentArn: ecs.history()[1]?.arn ?? '' };
  assert.deepEqual(await ecs.ask(stopServiceDeployment, second), second);
  assert.equal(ecs.history()[1]?.status, 'ROLLBACK_REQUESTED');
  await ecs.ask(stopServiceDeployment, second);
  await ecs.refuses(stopServiceDeployment, { ...second, stopType: 'ABORT' }, 'ConflictException');
  await ecs.clock.advance(1);
  await ecs.ask(updateService, again);
  const third = { serviceDeploymentArn: ecs.history()[2]?.arn ?? '' };
  await ecs.ask(stopServiceDeployment, { ...third, stopType: 'ABORT' });
  assert.equal(ecs.history()[2]?.status, 'STOP_REQUESTED');
  // What is on its way to its end goes on there, whatever it was asked for first.
  for (const status of ['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'] as const) {
    await ecs.store.update((tx) => {
      const record = tx.get(serviceDeployments, third.serviceDeploymentArn);
      if (record) tx.put(serviceDeployments, { ...record, status });
    });
    assert.deepEqual(await ecs.ask(stopServiceDeployment, third), third);
    assert.equal(ecs.history()[2]?.status, status);
  }
});

test('a name or ARN of something else names no deployment and no revision', async () => {
  const ecs = await openServiceScene();
  const { serviceArn = '' } = await ecs.create();
  const arn = ecs.history()[0]?.arn ?? '';
  for (const wrong of ['web', serviceArn, arn.replace('123456789012', '210987654321')]) {
    await ecs.refuses(stopServiceDeployment, { serviceDeploymentArn: wrong }, 'InvalidParameterException');
    await ecs.refuses(describeServiceDeployments, { serviceDeploymentArns: [wrong] }, 'InvalidParameterException');
    await ecs.refuses(describeServiceRevisions, { serviceRevisionArns: [wrong] }, 'InvalidParameterException');
  }
  const gone = { serviceDeploymentArn: `${arn}x` };
  await ecs.refuses(stopServiceDeployment, gone, 'ServiceDeploymentNotFoundException');
  const { failures } = await ecs.ask(describeServiceDeployments, { serviceDeploymentArns: [`${arn}x`] });
  assert.deepEqual(failures, [{ arn: `${arn}x`, reason: 'MISSING' }]);
});

test('a deleted task definition stays while a service has it or would go back to it', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.complete();
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:1' });
  await ecs.ask(deleteTaskDefinitions, { taskDefinitions: ['web:1'] });
  const isThere = async (): Promise<boolean> => {
    await ecs.settle([deletedTaskDefinitions]);
    const found = ecs.ask(describeTaskDefinition, { taskDefinition: 'web:1' });
    return await found.then(
      () => true,
      () => false,
    );
  };
  assert.equal(await isThere(), true);
  await ecs.define();
  await ecs.ask(updateService, { service: 'web', taskDefinition: 'web:2' });
  await ecs.store.update((tx) => {
    for (const { status, ...deployment } of ecs.shown()) {
      if (status === 'ACTIVE') tx.put(deployments, { ...deployment, status: 'INACTIVE' });
    }
  });
  assert.equal(await isThere(), true);
  await ecs.complete();
  assert.equal(await isThere(), false);
});
