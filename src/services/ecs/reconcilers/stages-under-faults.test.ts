import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { AwsError } from '../../../aws/error.ts';
import { SimRandom } from '../../../world/sim/sim-random.ts';
import { continueServiceDeployment } from '../operations/continue-service-deployment.ts';
import { stopServiceDeployment } from '../operations/stop-service-deployment.ts';
import { updateService } from '../operations/update-service.ts';
import { deployments, serviceDeployments, services } from '../service-tables.ts';
import type { Kept } from '../tables.ts';
import { type FleetScene, openFleetScene, TrafficRecorder } from './fleet-scene.test.ts';

const minute = 60_000;

/** What a user and the world may do in the middle of deployments, by chance from a seed. */
async function live(scene: FleetScene, random: SimRandom, recorder: TrafficRecorder): Promise<void> {
  const chance = <T>(choices: readonly T[]): T => {
    const chosen = choices[Math.floor(random.fraction() * choices.length)];
    assert(chosen !== undefined);
    return chosen;
  };
  const open = () => scene.store().view((reader) => [...reader.list(serviceDeployments)].find((d) => !d.finishedAt));
  const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
    update: async () => {
      await scene.ask(updateService, {
        service: 'web',
        taskDefinition: chance(['web:1', 'web:2', 'web:3']),
        forceNewDeployment: true,
        deploymentConfiguration: configuration(random),
      });
      if (random.fraction() < 0.5) await scene.balance();
    },
    scale: () => scene.ask(updateService, { service: 'web', desiredCount: chance([0, 1, 3, 5]) }),
    stop: () => scene.ask(stopServiceDeployment, { serviceDeploymentArn: open()?.arn ?? '' }),
    answer: () => {
      const deployment = open();
      const hook = deployment?.stages?.hooks.find(({ status }) => status === 'AWAITING_ACTION');
      const action = chance(['CONTINUE', 'CONTINUE', 'ROLLBACK'] as const);
      const input = { serviceDeploymentArn: deployment?.arn ?? '', hookId: hook?.hookId ?? '', action };
      return scene.ask(continueServiceDeployment, input);
    },
    crash: async () => {
      const [revision] = Object.keys(scene.running());
      if (revision !== undefined) await scene.crash(Number(revision));
    },
    fail: async () => void scene.failing.add(chance([1, 2, 3])),
    heal: async () => scene.failing.clear(),
    holdTraffic: async () => void (recorder.isHeldUp = !recorder.isHeldUp),
    restart: () => scene.restart(),
    wait: () => scene.pass(chance([1_000, 10_000, 45_000, 3 * minute])),
  };
  for (let round = 0; round < 40; round += 1) {
    try {
      await (deeds[chance(['wait', 'wait', ...Object.keys(deeds)])] ?? deeds['wait'])?.();
    } catch (error) {
      // What makes no sense at the moment is refused, and nothing else is thrown.
      if (!(error instanceof AwsError)) throw error;
    }
    await scene.pass(chance([0, 500, 20_000]));
    check(scene);
  }
}

function configuration(random: SimRandom): Kept<DeploymentConfiguration> {
  const strategy = (['BLUE_GREEN', 'LINEAR', 'CANARY', 'ROLLING'] as const)[Math.floor(random.fraction() * 4)];
  assert(strategy);
  const isPausing = strategy !== 'ROLLING' && random.fraction() < 0.3;
  return {
    strategy,
    bakeTimeInMinutes: 2,
    deploymentCircuitBreaker: { enable: random.fraction() < 0.5, rollback: true },
    ...(strategy === 'LINEAR' && { linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 1 } }),
    ...(strategy === 'CANARY' && { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 } }),
    lifecycleHooks: isPausing
      ? [
          {
            targetType: 'PAUSE',
            lifecycleStages: ['POST_SCALE_UP', 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
            timeoutConfiguration: { timeoutInMinutes: 30, action: random.fraction() < 0.5 ? 'CONTINUE' : 'ROLLBACK' },
          },
        ]
      : [],
  };
}

/** What holds at every moment. */
function check(scene: FleetScene): void {
  scene.store().view((reader) => {
    const open = [...reader.list(serviceDeployments)].filter(({ finishedAt }) => finishedAt === undefined);
    assert.ok(open.length <= 1, 'one deployment is under way at most');
    const shown = [...reader.list(deployments)].filter(({ status }) => status !== 'INACTIVE');
    assert.equal(shown.filter(({ status }) => status === 'PRIMARY').length, 1, 'one deployment is PRIMARY');
    for (const { stages, status, targetRevisionArn } of open) {
      if (!stages) continue;
      const { isRollingBack, productionWeight } = stages;
      assert.equal(isRollingBack, status === 'ROLLBACK_IN_PROGRESS');
      const target = shown.find((deployment) => deployment.revisionArn === targetRevisionArn);
      const [service] = reader.list(services);
      if (productionWeight > 0)
        assert.equal(target?.desiredCount, service?.desiredCount, 'green serves with all its tasks');
    }
  });
}

/** All that was begun comes to its end once nothing disturbs it any more. */
async function comesToRest(scene: FleetScene, recorder: TrafficRecorder): Promise<void> {
  scene.failing.clear();
  recorder.isHeldUp = false;
  await scene.pass(2 * 60 * minute);
  check(scene);
  const service = await scene.show();
  const revision = Number(service.taskDefinition?.split(':').at(-1));
  const open = scene
    .store()
    .view((reader) => [...reader.list(serviceDeployments)].filter((found) => !found.finishedAt));
  assert.deepEqual(open, [], 'no deployment is under way');
  assert.equal(service.deployments?.length, 1);
  const { rolloutState } = service.deployments?.[0] ?? {};
  assert.equal(rolloutState, 'COMPLETED');
  assert.deepEqual(scene.running(), service.desiredCount ? { [revision]: service.desiredCount } : {});
  assert.equal(scene.live().length, service.desiredCount);
}

/** Each takes seconds: enough to notice a break here; more can be had by raising it. */
const seeds = 3;

for (let seed = 1; seed <= seeds; seed += 1) {
  test(`deployments in stages come to their end whatever happens to them, seed ${seed}`, async () => {
    const random = new SimRandom(`stages ${seed}`);
    const recorder = new TrafficRecorder();
    const scene = await openFleetScene({ reconcilers: [recorder.reconciler] });
    await scene.create();
    await scene.scene.define({ containerDefinitions: [{ name: 'app', image: 'busybox:3', cpu: 100, memory: 128 }] });
    await live(scene, random, recorder);
    await comesToRest(scene, recorder);
  });
}
