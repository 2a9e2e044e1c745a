import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { ServiceRecord } from '../../service-tables.ts';
import type { Kept } from '../../tables.ts';
import { firstRefusal } from '../refusal.ts';
import { deploymentConfigurationOf, rebalancingObstacle } from '../service-defaults.ts';
import { deploymentConfigurationRefusals } from './deployment-configuration.ts';

type Configuration = Kept<DeploymentConfiguration>;
type Facts = Pick<ServiceRecord, 'schedulingStrategy' | 'deploymentController'>;

const replica = { schedulingStrategy: 'REPLICA', deploymentController: 'ECS' } as const;
const daemon = { schedulingStrategy: 'DAEMON', deploymentController: 'ECS' } as const;
const codeDeploy = { schedulingStrategy: 'REPLICA', deploymentController: 'CODE_DEPLOY' } as const;

function refusal(given: Configuration, facts: Facts = replica): string | undefined {
  const whole = deploymentConfigurationOf(given, facts);
  return firstRefusal(deploymentConfigurationRefusals(given, whole, facts))?.message;
}

const early = { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' } as const;
const pause = { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] } as const;
const blueGreen = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 } as const;

const taken: readonly (readonly [Configuration, Facts?])[] = [
  [{}],
  [{}, daemon],
  [{}, codeDeploy],
  [{ minimumHealthyPercent: 0, maximumPercent: 100 }],
  [{ minimumHealthyPercent: 100, maximumPercent: 101 }],
  [{ minimumHealthyPercent: 50 }, daemon],
  [{ maximumPercent: 150 }, codeDeploy],
  [{ alarms: { alarmNames: [], enable: false, rollback: false } }],
  [{ alarms: { alarmNames: ['a', 'b'], enable: true, rollback: true } }],
  [{ deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: 'COUNT', value: 1 } } }],
  [{ earlySuccessCriteria: early }],
  [{ earlySuccessCriteria: { enable: false } }],
  [{ ...blueGreen, bakeTimeInMinutes: 0 }],
  [{ ...blueGreen, lifecycleHooks: [pause] }],
  [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 3, stepBakeTimeInMinutes: 0 } }],
  [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 33.3 } }],
  [{ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.1 } }],
  [{ strategy: 'CANARY' }],
  [{ earlySuccessCriteria: { enable: false } }],
];

for (const [given, facts = replica] of taken) {
  test(`${facts.schedulingStrategy} of ${facts.deploymentController} may have ${JSON.stringify(given)}`, () => {
    assert.equal(refusal(given, facts), undefined);
  });
}

const refused: readonly (readonly [Configuration, RegExp, Facts?])[] = [
  [{ minimumHealthyPercent: 100, maximumPercent: 100 }, /cannot be 100 as this will block deployments/],
  [{ minimumHealthyPercent: 90, maximumPercent: 80 }, /must be less than maximumPercent/],
  [{ minimumHealthyPercent: -1 }, /^minimumHealthyPercent must be/],
  [{ minimumHealthyPercent: 101 }, /^minimumHealthyPercent must be/],
  [{ maximumPercent: 0, minimumHealthyPercent: 0 }, /^maximumPercent must be/],
  [{ maximumPercent: 150.5 }, /^maximumPercent must be/],
  [{ maximumPercent: 200 }, /^maximumPercent must be 100/, daemon],
  [{ minimumHealthyPercent: 100 }, /cannot be 100/, daemon],
  [blueGreen, /DAEMON scheduling strategy does not support/, daemon],
  [{ strategy: 'ROLLING' }, /strategy is not supported for services with a CODE_DEPLOY/, codeDeploy],
  [{ bakeTimeInMinutes: 0 }, /bakeTimeInMinutes is not supported/, codeDeploy],
  [{ strategy: 'BLUE_GREEN' }, /^bakeTimeInMinutes must be specified/],
  [{ ...blueGreen, bakeTimeInMinutes: 1441 }, /^bakeTimeInMinutes must be/],
  [{ linearConfiguration: {} }, /^linearConfiguration can only/],
  [{ canaryConfiguration: {} }, /^canaryConfiguration can only/],
  [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } }, /^stepPercent must be a multiple/],
  [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 10.05 } }, /^stepPercent must be a multiple/],
  [{ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0 } }, /^canaryPercent must be a multiple/],
  [{ strategy: 'CANARY', canaryConfiguration: { canaryBakeTimeInMinutes: -1 } }, /^canaryBakeTimeInMinutes must be/],
  [{ alarms: { alarmNames: [], enable: true, rollback: false } }, /^alarmNames cannot be empty/],
  [{ alarms: { alarmNames: ['a', 'a'], enable: true, rollback: false } }, /same name twice/],
  [
    {
      deploymentCircuitBreaker: { enable: true, rollback: false, thresholdConfiguration: { type: 'COUNT', value: 0 } },
    },
    /^thresholdConfiguration.value must be/,
  ],
  [
    {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: false,
        thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 101 },
      },
    },
    /^thresholdConfiguration.value must be/,
  ],
  [{ lifecycleHooks: [pause] }, /^lifecycleHooks can only/],
  [{ ...blueGreen, lifecycleHooks: Array.from({ length: 11 }, () => pause) }, /at most 10 hooks of type PAUSE/],
  [{ ...blueGreen, lifecycleHooks: [{ targetType: 'PAUSE' }] }, /^lifecycleStages of a lifecycle hook/],
  [
    { ...blueGreen, lifecycleHooks: [{ ...pause, lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }] },
    /^PAUSE lifecycle hooks cannot/,
  ],
  [{ ...blueGreen, lifecycleHooks: [{ lifecycleStages: ['POST_SCALE_UP'] }] }, /^hookTargetArn and roleArn must/],
  [{ ...blueGreen, lifecycleHooks: [{ ...pause, hookTargetArn: 'arn' }] }, /cannot be specified for PAUSE/],
  [
    { ...blueGreen, lifecycleHooks: [{ ...pause, timeoutConfiguration: { timeoutInMinutes: 0 } }] },
    /^timeoutInMinutes must be/,
  ],
  [{ earlySuccessCriteria: { enable: true, healthyPercent: 100 } }, /^healthyPercent and sourceServiceRevisionCleanup/],
  [{ earlySuccessCriteria: { ...early, healthyPercent: 101 } }, /^healthyPercent must be/],
  [{ earlySuccessCriteria: { ...early, healthyPercent: 99 } }, /greater than or equal to minimumHealthyPercent/],
  [{ ...blueGreen, earlySuccessCriteria: early }, /only be specified with the ROLLING/],
];

for (const [given, message, facts = replica] of refused) {
  test(`${facts.schedulingStrategy} of ${facts.deploymentController} may not have ${JSON.stringify(given)}`, () => {
    assert.match(refusal(given, facts) ?? 'taken', message);
  });
}

test('what is given replaces what was there, member by member, and what a strategy left behind goes', () => {
  const canary = deploymentConfigurationOf(
    { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 20 }, maximumPercent: 150 },
    replica,
  );
  assert.deepEqual(canary.canaryConfiguration, { canaryPercent: 20, canaryBakeTimeInMinutes: 10 });
  const linear = deploymentConfigurationOf({ strategy: 'LINEAR' }, replica, canary);
  assert.deepEqual(linear.linearConfiguration, { stepPercent: 10, stepBakeTimeInMinutes: 6 });
  assert.deepEqual([linear.maximumPercent, linear.canaryConfiguration], [150, undefined]);
  assert.deepEqual(deploymentConfigurationOf({}, replica, linear), linear);
});

test('zones cannot be balanced where AWS says so', () => {
  const base = {
    ...replica,
    deploymentConfiguration: {},
    placementConstraints: [],
    placementStrategy: [],
  } as const;
  const binpack = { type: 'binpack', field: 'cpu' } as const;
  const zones = { type: 'spread', field: 'attribute:ecs.availability-zone' } as const;
  const cases: readonly (readonly [Partial<Parameters<typeof rebalancingObstacle>[0]>, boolean])[] = [
    [{}, true],
    [{ placementStrategy: [zones, binpack] }, true],
    [{ placementStrategy: [binpack, zones] }, false],
    [{ deploymentConfiguration: { maximumPercent: 101 } }, true],
    [{ deploymentConfiguration: { maximumPercent: 100 } }, false],
    [{ schedulingStrategy: 'DAEMON' }, false],
    [{ placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.availability-zone == a' }] }, false],
  ];
  for (const [more, canBeBalanced] of cases) {
    assert.equal(rebalancingObstacle({ ...base, ...more }) === undefined, canBeBalanced, JSON.stringify(more));
  }
});
