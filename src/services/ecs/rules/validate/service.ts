/** What AWS has against a service as it is asked for, as far as it shows without looking at the state. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { Parsed } from '../../../../aws/operation.ts';
import type { ServiceRecord } from '../../service-tables.ts';
import { limits } from '../limits.ts';
import { isName } from '../names.ts';
import { invalid, notOneOf, outOfRange, type Refusal } from '../refusal.ts';

export function* createServiceRefusals(input: Parsed<CreateServiceRequest>): Generator<Refusal> {
  const { serviceName, schedulingStrategy = 'REPLICA', deploymentController, clientToken } = input;
  const controller = deploymentController?.type ?? 'ECS';
  if (!isName(serviceName)) {
    yield invalid(
      'Service name can have up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens.',
    );
  }
  if (clientToken !== undefined && !/^[\x21-\x7e]{1,36}$/.test(clientToken)) {
    yield invalid('clientToken can have at most 36 characters, in the ASCII range of 33 to 126.');
  }
  yield* notOneOf('schedulingStrategy', schedulingStrategy, ['REPLICA', 'DAEMON']);
  yield* notOneOf('deploymentController', controller, ['ECS', 'CODE_DEPLOY', 'EXTERNAL']);
  yield* commonRefusals(input);
  if (schedulingStrategy === 'DAEMON') {
    if (controller !== 'ECS') {
      yield invalid(`The DAEMON scheduling strategy does not support the ${controller} deployment controller.`);
    }
    if (input.desiredCount !== undefined) {
      yield invalid('The DAEMON scheduling strategy does not support a desired count. Remove it and try again.');
    }
  } else if (input.desiredCount === undefined && controller !== 'EXTERNAL') {
    yield invalid('DesiredCount is required for services with the REPLICA scheduling strategy.');
  }
  if (controller === 'EXTERNAL') {
    for (const member of taskSetMembers) {
      if (input[member] !== undefined) {
        yield invalid(
          `${member} cannot be specified for services with an EXTERNAL deployment controller. Specify it with CreateTaskSet.`,
        );
      }
    }
  } else if (!input.taskDefinition) {
    yield invalid('TaskDefinition cannot be blank.');
  }
  if (input.role !== undefined && !input.loadBalancers?.length) {
    yield invalid('IAM roles are only valid for services configured to use load balancers.');
  }
}

/** Of an EXTERNAL service these are said for each task set. */
const taskSetMembers = [
  'taskDefinition',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
] as const satisfies readonly (keyof CreateServiceRequest)[];

export function* updateServiceRefusals(
  input: Parsed<UpdateServiceRequest>,
  { schedulingStrategy, deploymentController }: Pick<ServiceRecord, 'schedulingStrategy' | 'deploymentController'>,
): Generator<Refusal> {
  if (deploymentController !== 'ECS') yield* foreignControllerRefusals(input, deploymentController);
  yield* commonRefusals(input);
  if (schedulingStrategy === 'DAEMON' && input.desiredCount !== undefined) {
    yield invalid('The DAEMON scheduling strategy does not support a desired count. Remove it and try again.');
  }
  const controller = input.deploymentController?.type;
  yield* notOneOf('deploymentController', controller, ['ECS', 'CODE_DEPLOY', 'EXTERNAL']);
  if (controller !== undefined && controller !== deploymentController) {
    yield invalid('Longshore does not support changing the deployment controller of a service yet.');
  }
}

/** Members of which somebody else decides, in AWS's words for CODE_DEPLOY; even an unchanged value is refused. */
const foreignMembers: readonly (readonly [keyof UpdateServiceRequest, string])[] = [
  ['taskDefinition', 'Unable to update task definition'],
  ['networkConfiguration', 'Unable to update network parameters'],
  ['platformVersion', 'Unable to update platform version'],
  ['capacityProviderStrategy', 'Unable to update capacity provider strategy'],
  ['loadBalancers', 'Unable to update load balancers'],
  ['serviceRegistries', 'Unable to update service registries'],
  ['availabilityZoneRebalancing', 'Unable to update Availability Zone rebalancing'],
];

function* foreignControllerRefusals(
  input: Parsed<UpdateServiceRequest>,
  controller: 'CODE_DEPLOY' | 'EXTERNAL',
): Generator<Refusal> {
  const where =
    controller === 'CODE_DEPLOY'
      ? 'on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.'
      : 'on services with an EXTERNAL deployment controller. Use CreateTaskSet to trigger a new deployment.';
  for (const [member, what] of foreignMembers) if (input[member] !== undefined) yield invalid(`${what} ${where}`);
  if (input.forceNewDeployment) yield invalid(`Cannot force a new deployment ${where}`);
  if (controller === 'EXTERNAL' && input.deploymentConfiguration !== undefined) {
    yield invalid(`Unable to update deployment configuration ${where}`);
  }
}

function* commonRefusals(input: Parsed<CreateServiceRequest> | Parsed<UpdateServiceRequest>): Generator<Refusal> {
  yield* outOfRange('desiredCount', input.desiredCount, { min: 0, max: limits.tasksPerService });
  yield* outOfRange(
    'healthCheckGracePeriodSeconds',
    input.healthCheckGracePeriodSeconds,
    limits.healthCheckGracePeriodSeconds,
  );
  yield* notOneOf('propagateTags', input.propagateTags, ['TASK_DEFINITION', 'SERVICE', 'NONE']);
  yield* notOneOf('availabilityZoneRebalancing', input.availabilityZoneRebalancing, ['ENABLED', 'DISABLED']);
  yield* notBuiltRefusals(input);
}

/** Refused by name, so that nobody believes to have what is not there. Empty lists ask for nothing. */
function* notBuiltRefusals(input: Parsed<CreateServiceRequest> | Parsed<UpdateServiceRequest>): Generator<Refusal> {
  const asked: Readonly<Record<string, boolean>> = {
    loadBalancers: Boolean(input.loadBalancers?.length),
    serviceRegistries: Boolean(input.serviceRegistries?.length),
    serviceConnectConfiguration: input.serviceConnectConfiguration?.enabled === true,
    vpcLatticeConfigurations: Boolean(input.vpcLatticeConfigurations?.length),
    gatewayConnectors: Boolean(input.gatewayConnectors?.length),
    monitoring: Boolean(input.monitoring?.metricConfigurations?.length),
  };
  for (const [member, isAsked] of Object.entries(asked)) {
    if (isAsked) yield invalid(`Longshore does not support ${member} of services yet.`);
  }
}

/** What the scheduling strategy and the launch type leave no choice of. */
export function* placementOfServiceRefusals(
  service: Pick<ServiceRecord, 'schedulingStrategy' | 'placementConstraints' | 'placementStrategy'>,
  isFargate: boolean,
): Generator<Refusal> {
  const isDaemon = service.schedulingStrategy === 'DAEMON';
  if (isDaemon && isFargate) yield invalid('The DAEMON scheduling strategy does not support the FARGATE launch type.');
  if (isDaemon && service.placementStrategy.length > 0) {
    yield invalid('Placement strategies are not supported with the DAEMON scheduling strategy.');
  }
  if (isDaemon && service.placementConstraints.some(({ type }) => type === 'distinctInstance')) {
    yield invalid('Placement constraint distinctInstance is not supported with the DAEMON scheduling strategy.');
  }
  if (isFargate && service.placementStrategy.length > 0) {
    yield invalid('Placement strategies are not supported with FARGATE launch type.');
  }
  if (isFargate && service.placementConstraints.length > 0) {
    yield invalid('Placement constraints are not supported with FARGATE launch type.');
  }
}
