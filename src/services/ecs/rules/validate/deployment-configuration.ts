/** What AWS has against the way in which a service is to be deployed. */
import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import type { ServiceRecord } from '../../service-tables.ts';
import type { Kept } from '../../tables.ts';
import { limits } from '../limits.ts';
import { invalid, notOneOf, outOfRange, type Refusal } from '../refusal.ts';

type Configuration = Kept<DeploymentConfiguration>;
type Facts = Pick<ServiceRecord, 'schedulingStrategy' | 'deploymentController'>;

const strategies = ['ROLLING', 'BLUE_GREEN', 'LINEAR', 'CANARY'];

/** `given` as the client wrote it, `whole` with what it did not say. */
export function* deploymentConfigurationRefusals(
  given: Configuration,
  whole: Configuration,
  facts: Facts,
): Generator<Refusal> {
  yield* percentRefusals(whole, facts);
  if (facts.deploymentController !== 'ECS') {
    for (const member of ecsControllerMembers) {
      if (given[member] !== undefined) {
        yield invalid(
          `deploymentConfiguration.${member} is not supported for services with a ${facts.deploymentController} deployment controller.`,
        );
      }
    }
    return;
  }
  yield* notOneOf('strategy', given.strategy, strategies);
  yield* breakerRefusals(given);
  yield* alarmRefusals(given);
  yield* strategyRefusals(given, whole, facts);
  yield* earlySuccessRefusals(given, whole);
  yield* hookRefusals(given.lifecycleHooks ?? []);
}

const ecsControllerMembers = [
  'deploymentCircuitBreaker',
  'alarms',
  'strategy',
  'bakeTimeInMinutes',
  'lifecycleHooks',
  'linearConfiguration',
  'canaryConfiguration',
  'earlySuccessCriteria',
] as const satisfies readonly (keyof DeploymentConfiguration)[];

function* percentRefusals(
  { maximumPercent = 0, minimumHealthyPercent = 0 }: Configuration,
  { schedulingStrategy }: Facts,
): Generator<Refusal> {
  yield* outOfRange('minimumHealthyPercent', minimumHealthyPercent, limits.minimumHealthyPercent);
  yield* outOfRange('maximumPercent', maximumPercent, limits.maximumPercent);
  if (schedulingStrategy === 'DAEMON' && maximumPercent !== 100) {
    // Differs from AWS: a second daemon task beside the first, which larger percentages ask for, is not built.
    yield invalid('maximumPercent must be 100 for services with the DAEMON scheduling strategy.');
  }
  if (minimumHealthyPercent === 100 && maximumPercent === 100) {
    yield invalid('Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.');
  }
  if (minimumHealthyPercent > maximumPercent) {
    yield invalid('minimumHealthyPercent must be less than maximumPercent.');
  }
}

function* breakerRefusals({ deploymentCircuitBreaker }: Configuration): Generator<Refusal> {
  const threshold = deploymentCircuitBreaker?.thresholdConfiguration;
  if (!threshold) return;
  yield* notOneOf('thresholdConfiguration.type', threshold.type, ['BOUNDED_PERCENT', 'UNBOUNDED_PERCENT', 'COUNT']);
  yield* outOfRange(
    'thresholdConfiguration.value',
    threshold.value,
    threshold.type === 'COUNT' ? limits.breakerCount : limits.breakerPercent,
  );
}

function* alarmRefusals({ alarms }: Configuration): Generator<Refusal> {
  if (!alarms) return;
  const { alarmNames, enable } = alarms;
  if (enable && alarmNames.length === 0) yield invalid('alarmNames cannot be empty when alarms are enabled.');
  if (alarmNames.length > limits.deploymentAlarms) {
    yield invalid(`alarmNames can have at most ${limits.deploymentAlarms} items.`);
  }
  if (alarmNames.some((name) => name === '')) yield invalid('alarmNames cannot contain an empty name.');
  if (new Set(alarmNames).size < alarmNames.length) yield invalid('alarmNames cannot contain the same name twice.');
}

function* strategyRefusals(
  given: Configuration,
  { strategy, bakeTimeInMinutes }: Configuration,
  { schedulingStrategy }: Facts,
): Generator<Refusal> {
  if (schedulingStrategy === 'DAEMON' && strategy !== 'ROLLING') {
    yield invalid(`The DAEMON scheduling strategy does not support the deployment strategy ${strategy}.`);
  }
  if (given.linearConfiguration && strategy !== 'LINEAR') {
    yield invalid('linearConfiguration can only be specified with the LINEAR deployment strategy.');
  }
  if (given.canaryConfiguration && strategy !== 'CANARY') {
    yield invalid('canaryConfiguration can only be specified with the CANARY deployment strategy.');
  }
  if (given.lifecycleHooks?.length && strategy === 'ROLLING') {
    yield invalid('lifecycleHooks can only be specified with the BLUE_GREEN, LINEAR or CANARY deployment strategy.');
  }
  if (given.strategy === 'BLUE_GREEN' && given.bakeTimeInMinutes === undefined && !bakeTimeInMinutes) {
    yield invalid('bakeTimeInMinutes must be specified with the BLUE_GREEN deployment strategy.');
  }
  yield* outOfRange('bakeTimeInMinutes', given.bakeTimeInMinutes, limits.bakeTimeMinutes);
  const { stepPercent, stepBakeTimeInMinutes } = given.linearConfiguration ?? {};
  yield* notTenths('stepPercent', stepPercent, limits.linearStepPercent);
  yield* outOfRange('stepBakeTimeInMinutes', stepBakeTimeInMinutes, limits.bakeTimeMinutes);
  const { canaryPercent, canaryBakeTimeInMinutes } = given.canaryConfiguration ?? {};
  yield* notTenths('canaryPercent', canaryPercent, limits.canaryPercent);
  yield* outOfRange('canaryBakeTimeInMinutes', canaryBakeTimeInMinutes, limits.bakeTimeMinutes);
}

function* earlySuccessRefusals(
  given: Configuration,
  { strategy, minimumHealthyPercent = 0, earlySuccessCriteria }: Configuration,
): Generator<Refusal> {
  if (given.earlySuccessCriteria?.enable && strategy !== 'ROLLING') {
    yield invalid('earlySuccessCriteria can only be specified with the ROLLING deployment strategy.');
  }
  if (!earlySuccessCriteria?.enable) return;
  const { healthyPercent, sourceServiceRevisionCleanup } = earlySuccessCriteria;
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined) {
    yield invalid(
      'healthyPercent and sourceServiceRevisionCleanup must be specified when earlySuccessCriteria is enabled.',
    );
  }
  yield* outOfRange('healthyPercent', healthyPercent, limits.earlySuccessPercent);
  if (healthyPercent !== undefined && healthyPercent < minimumHealthyPercent) {
    yield invalid('healthyPercent must be greater than or equal to minimumHealthyPercent.');
  }
  yield* notOneOf('sourceServiceRevisionCleanup', sourceServiceRevisionCleanup, ['BLOCKING', 'DEFERRED']);
}

const hookStages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];

function* hookRefusals(hooks: readonly Kept<DeploymentLifecycleHook>[]): Generator<Refusal> {
  for (const kind of ['AWS_LAMBDA', 'PAUSE'] as const) {
    if (hooks.filter(({ targetType = 'AWS_LAMBDA' }) => targetType === kind).length > limits.lifecycleHooks) {
      yield invalid(`lifecycleHooks can have at most ${limits.lifecycleHooks} hooks of type ${kind}.`);
    }
  }
  for (const { targetType = 'AWS_LAMBDA', hookTargetArn, roleArn, lifecycleStages = [], ...hook } of hooks) {
    yield* notOneOf('targetType', targetType, ['AWS_LAMBDA', 'PAUSE']);
    if (lifecycleStages.length === 0) yield invalid('lifecycleStages of a lifecycle hook cannot be empty.');
    for (const stage of lifecycleStages) {
      yield* notOneOf('lifecycleStages', stage, hookStages);
      if (targetType === 'PAUSE' && (stage === 'TEST_TRAFFIC_SHIFT' || stage === 'PRODUCTION_TRAFFIC_SHIFT')) {
        yield invalid(`PAUSE lifecycle hooks cannot be configured at the ${stage} stage.`);
      }
    }
    if (targetType === 'AWS_LAMBDA' && (!hookTargetArn || !roleArn)) {
      yield invalid('hookTargetArn and roleArn must be specified for AWS_LAMBDA lifecycle hooks.');
    }
    if (targetType === 'PAUSE' && (hookTargetArn !== undefined || hook.hookDetails !== undefined)) {
      yield invalid('hookTargetArn and hookDetails cannot be specified for PAUSE lifecycle hooks.');
    }
    const { timeoutInMinutes, action } = hook.timeoutConfiguration ?? {};
    yield* outOfRange('timeoutInMinutes', timeoutInMinutes, limits.hookTimeoutMinutes);
    yield* notOneOf('timeoutConfiguration.action', action, ['ROLLBACK', 'CONTINUE']);
  }
}

function* notTenths(
  member: string,
  value: number | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): Generator<Refusal> {
  if (value === undefined) return;
  // Tenths have no exact form in binary: nearness is what can be asked.
  const isTenth = Math.abs(value * 10 - Math.round(value * 10)) < 1e-6;
  if (!isTenth || value < min || value > max) {
    yield invalid(`${member} must be a multiple of 0.1 between ${min} and ${max}, not ${value}.`);
  }
}
