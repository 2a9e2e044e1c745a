import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { updateService } from './operations/update-service.ts';
import { limits } from './rules/limits.ts';
import { newDeploymentId, newServiceDeploymentId } from './service-ids.ts';
import { openServiceScene } from './service-records.test.ts';
import { deployments, serviceDeployments, serviceRevisions } from './service-tables.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';

const again = { service: 'web', forceNewDeployment: true };

test('the first deployment has no source, and the breaker waits for three failures', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  const [first] = ecs.history();
  assert(first);
  assert.deepEqual([first.status, first.sourceRevisionArns, first.finishedAt], ['IN_PROGRESS', [], undefined]);
  assert.deepEqual(first.circuitBreaker, { status: 'DISABLED', failureCount: 0, threshold: 3, hasRun: false });
  assert.deepEqual(first.alarms.status, 'DISABLED');
  assert.equal(ecs.shown()[0]?.id, first.deploymentId);
});

test('a rolling deployment wants no task of what it replaces; one in stages leaves it for later', async () => {
  for (const [strategy, kept] of [
    ['ROLLING', 0],
    ['BLUE_GREEN', 2],
  ] as const) {
    const ecs = await openServiceScene();
    await ecs.create({ deploymentConfiguration: { strategy, bakeTimeInMinutes: 1 } });
    await ecs.complete();
    await ecs.ask(updateService, again);
    const [primary, replaced, ...others] = ecs.shown();
    assert.deepEqual(others, []);
    assert.deepEqual([primary?.status, primary?.desiredCount, primary?.rolloutState], ['PRIMARY', 2, 'IN_PROGRESS']);
    assert.deepEqual([replaced?.status, replaced?.desiredCount, replaced?.rolloutState], ['ACTIVE', kept, 'COMPLETED']);
    assert.equal(ecs.history()[1]?.stages !== undefined, strategy !== 'ROLLING');
    assert.deepEqual(ecs.history()[1]?.sourceRevisionArns, [replaced?.revisionArn]);
  }
});

test('a deployment that replaces one under way stops it and starts from every revision that has tasks', async () => {
  const ecs = await openServiceScene();
  await ecs.create({ deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } });
  await ecs.complete();
  const [blue] = ecs.shown();
  await ecs.runTask(1);
  await ecs.ask(updateService, again);
  const [green] = ecs.shown();
  await ecs.runTask(2);
  await ecs.clock.advance(1);
  await ecs.ask(updateService, again);
  const [, stopped, last] = ecs.history();
  assert.deepEqual([stopped?.status, last?.status], ['STOPPED', 'IN_PROGRESS']);
  assert.equal(stopped?.circuitBreaker.status, 'MONITORING_COMPLETE');
  assert(stopped?.stoppedAt !== undefined && stopped.finishedAt === stopped.stoppedAt);
  assert.deepEqual(new Set(last?.sourceRevisionArns), new Set([blue?.revisionArn, green?.revisionArn]));
  assert.equal(ecs.shown().filter(({ status }) => status === 'PRIMARY').length, 1);
});

test('a new deployment forgets the failures before it', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.write('web', { failedLaunches: 7, launchesAfter: 9_999_999_999_999, isSteady: true });
  await ecs.ask(updateService, again);
  const { failedLaunches, launchesAfter, isSteady } = ecs.service();
  assert.deepEqual([failedLaunches, launchesAfter, isSteady], [0, undefined, false]);
});

test('the history of a service has a limit, and what the service still needs of it stays', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.complete();
  const steady = ecs.service().steadyRevisionArn ?? '';
  await ecs.ask(updateService, again);
  for (let count = 0; count < limits.serviceDeploymentsPerService + 20; count += 1) {
    await ecs.store.update((tx) => {
      const [, ...older] = ecs.shown();
      for (const deployment of older) tx.put(deployments, { ...deployment, status: 'INACTIVE' });
    });
    await ecs.ask(updateService, again);
    if (count % 10 === 0) await ecs.clock.advance(1);
  }
  ecs.store.view((reader) => {
    const count = (found: Iterable<unknown>): number => [...found].length;
    assert.equal(count(reader.list(serviceDeployments)), limits.serviceDeploymentsPerService);
    assert(count(reader.list(deployments)) <= limits.serviceDeploymentsPerService + 1);
    assert(reader.get(serviceRevisions, steady), 'the revision to go back to');
    for (const { sourceRevisionArns, targetRevisionArn } of reader.list(serviceDeployments)) {
      for (const arn of [...sourceRevisionArns, targetRevisionArn]) assert(reader.get(serviceRevisions, arn), arn);
    }
  });
});

test('ids have the forms of AWS and hold for any chance', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = new SimRandom(seed);
      const [, digits = ''] = newDeploymentId(random).split('/');
      assert.match(digits, /^[1-8][0-9]{18}$/);
      assert(BigInt(digits) < 2n ** 63n);
      assert.match(newServiceDeploymentId(random), /^[A-Za-z0-9_-]{21}$/);
    }),
  );
});
