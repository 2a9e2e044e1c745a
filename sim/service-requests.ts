import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { type ServiceShape, serviceShapes } from './service-shapes.ts';

/** What users ask of services, at random: every way of deploying that works, and some that cannot. */

export interface Percents {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

export interface DeploymentChoice {
  readonly configuration: object;
  readonly percents: Percents;
  readonly strategy: 'ROLLING' | 'BLUE_GREEN' | 'LINEAR' | 'CANARY';
  readonly breaks: boolean;
  readonly rollsBack: boolean;
}

export function deploymentChoice(random: SimRandom, isDaemon: boolean): DeploymentChoice {
  const [minimumHealthyPercent, maximumPercent] = random.pick(isDaemon ? daemonPercents : replicaPercents);
  const percents = { minimumHealthyPercent, maximumPercent };
  const strategy =
    isDaemon || random.chance(0.75) ? 'ROLLING' : random.pick(['BLUE_GREEN', 'LINEAR', 'CANARY'] as const);
  const breaks = random.chance(0.75);
  const rollsBack = random.chance(0.6);
  return {
    percents,
    strategy,
    breaks,
    rollsBack,
    configuration: {
      ...percents,
      deploymentCircuitBreaker: {
        enable: breaks,
        rollback: breaks && rollsBack,
        ...random.pick([
          {},
          {},
          { resetOnHealthyTask: false },
          { thresholdConfiguration: { type: 'COUNT', value: 2 } },
          { thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 60 } },
        ]),
      },
      strategy,
      ...stagesOf(random, strategy),
      ...alarmsOf(random, strategy),
      ...(strategy === 'ROLLING' && { earlySuccessCriteria: earlySuccessOf(percents) }),
    },
  };
}

/** Of the alarms that go off in the workload. */
export const alarmNames = ['errors', 'latency'] as const;

function alarmsOf(random: SimRandom, strategy: DeploymentChoice['strategy']): object {
  if (strategy !== 'ROLLING' || !random.chance(0.3)) return {};
  return { alarms: { alarmNames: [random.pick(alarmNames)], enable: true, rollback: random.chance(0.6) } };
}

/** By the percentages, so that it takes no chance of its own: some succeed early, and leave their source's tasks or not. */
export function earlySuccessOf({ minimumHealthyPercent }: DeploymentChoice['percents']) {
  if (minimumHealthyPercent === 75) {
    return { enable: true, healthyPercent: 80, sourceServiceRevisionCleanup: 'BLOCKING' as const };
  }
  if (minimumHealthyPercent === 33) {
    return { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' as const };
  }
  return { enable: false };
}

const replicaPercents: readonly (readonly [number, number])[] = [
  [100, 200],
  [50, 150],
  [0, 100],
  [50, 100],
  [100, 150],
  [33, 133],
  [75, 175],
  [0, 200],
  [66, 150],
  [100, 125],
];
const daemonPercents: readonly (readonly [number, number])[] = [
  [0, 100],
  [50, 100],
  [66, 100],
];

function stagesOf(random: SimRandom, strategy: DeploymentChoice['strategy']): object {
  if (strategy === 'ROLLING') return {};
  const stage = random.pick([
    'PRE_SCALE_UP',
    'POST_SCALE_UP',
    'POST_TEST_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
  ]);
  const hook = {
    targetType: 'PAUSE',
    lifecycleStages: [stage],
    timeoutConfiguration: { timeoutInMinutes: random.integer(1, 3), action: random.pick(['ROLLBACK', 'CONTINUE']) },
  };
  const steps = {
    BLUE_GREEN: { bakeTimeInMinutes: 1 },
    LINEAR: { linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 } },
    CANARY: { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 } },
  };
  return { ...steps[strategy], ...(random.chance(0.4) ? { lifecycleHooks: [hook] } : {}) };
}

export interface PlacementChoice {
  readonly placementConstraints: readonly object[];
  readonly placementStrategy: readonly object[];
  readonly isDistinct: boolean;
}

export function placementChoice(random: SimRandom, isDaemon: boolean): PlacementChoice {
  const isDistinct = !isDaemon && random.chance(0.15);
  const isMemberOf = random.chance(0.15);
  return {
    isDistinct,
    placementConstraints: [
      ...(isDistinct ? [{ type: 'distinctInstance' }] : []),
      ...(isMemberOf ? [{ type: 'memberOf', expression: `attribute:rack == ${memberOfRack}` }] : []),
    ],
    placementStrategy: isDaemon
      ? []
      : random.pick([
          [],
          [],
          [{ type: 'spread', field: 'instanceId' }],
          [
            { type: 'spread', field: 'attribute:ecs.availability-zone' },
            { type: 'binpack', field: 'memory' },
          ],
          [{ type: 'binpack', field: 'cpu' }],
          [{ type: 'random' }],
        ]),
  };
}

/** The only rack that memberOf constraints of the workload ask for. */
export const memberOfRack = 'one';

/** Another definition for a service of this launch type, mostly one that works. */
export function anotherShape(
  random: SimRandom,
  launchType: ServiceShape['launchType'],
  isDaemon: boolean,
): ServiceShape {
  const possible = serviceShapes.filter(
    (shape) => shape.launchType === launchType && !(isDaemon && shape.family === 's-big'),
  );
  const working = possible.filter(({ outcome }) => outcome === 'runs');
  return random.pick(random.chance(0.7) ? working : possible);
}

/** Requests that must be refused, whatever else there is. */
export function wrongRequest(random: SimRandom, cluster: string): readonly [operation: string, input: object] {
  const right = { cluster, serviceName: 'wrong', taskDefinition: 's-plain', desiredCount: 1 };
  return random.pick<readonly [string, object]>([
    ['CreateService', { ...right, taskDefinition: 'no-such-definition' }],
    ['CreateService', { ...right, desiredCount: -1 }],
    ['CreateService', { ...right, role: 'ecsServiceRole' }],
    ['CreateService', { ...right, taskDefinition: 's-no-role' }],
    ['RegisterTaskDefinition', withoutRole({ secrets: [{ name: 'KEY', valueFrom: 'key' }] })],
    ['RegisterTaskDefinition', withoutRole({ repositoryCredentials: { credentialsParameter: 'key' } })],
    ['CreateService', { ...right, serviceName: 'not a name' }],
    ['CreateService', { ...right, launchType: 'FARGATE', taskDefinition: 's-fargate' }],
    ['CreateService', { ...right, cluster: 'no-such-cluster' }],
    ['CreateService', { ...right, deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } }],
    ['CreateService', { ...right, placementConstraints: [{ type: 'memberOf', expression: 'attribute:rack ==' }] }],
    ['CreateService', { ...right, schedulingStrategy: 'DAEMON' }],
    ['UpdateService', { cluster, service: 'no-such-service', desiredCount: 1 }],
    ['DeleteService', { cluster, service: 'no-such-service' }],
    ['DescribeServices', { cluster, services: [] }],
  ]);
}

/** Who reads secrets needs a role to read them as. */
function withoutRole(members: object): object {
  const container = { name: 'main', image: 'busybox:latest', memory: 128, ...members };
  return { family: 'wrong', containerDefinitions: [container] };
}
