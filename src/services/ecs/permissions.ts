/**
 * What each operation of ECS asks of IAM, as AWS's service authorization reference has it: the resources it is about,
 * what conditions may ask of it, and the roles that it passes on.
 */
import type {
  ContinueServiceDeploymentRequest,
  CreateClusterRequest,
  CreateServiceRequest,
  CreateTaskSetRequest,
  DeleteAccountSettingRequest,
  DeleteTaskDefinitionsRequest,
  DeleteTaskSetRequest,
  DescribeCapacityProvidersRequest,
  DescribeClustersRequest,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  DescribeServicesRequest,
  DescribeTaskSetsRequest,
  ExecuteCommandRequest,
  ListServicesByNamespaceRequest,
  ListTasksRequest,
  PutClusterCapacityProvidersRequest,
  RegisterTaskDefinitionRequest,
  RunTaskRequest,
  StopServiceDeploymentRequest,
  TagResourceRequest,
  UntagResourceRequest,
  UpdateClusterRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import type { Parsed } from '../../aws/operation.ts';
import type { ConditionValues, Permission, Permissions } from '../../aws/permission.ts';
import type { RegisterContainerInstanceInput } from './operations/register-container-instance.ts';
import { passedRoles, rolesOfDefinition, rolesOfService, rolesOfVolumes } from './passed-roles.ts';
import {
  type Asked,
  capacityProviderConditions,
  childOfService,
  clusterConditions,
  definitionArnAsked,
  onCluster,
  onInstances,
  onService,
  onTasks,
  permissionOn,
  requestTags,
  sizeConditions,
  taggedOnCreation,
} from './permission-resources.ts';
import {
  capacityProviderArnOf,
  clusterArnOf,
  clusterNameOf,
  containerInstanceArnOf,
  ecsArn,
  serviceArnOf,
  taskArnOf,
} from './references.ts';
import { taskSetArnOf } from './task-set-reference.ts';
import { containerInstances } from './tables.ts';

interface InCluster {
  readonly cluster?: string;
}

/** Operations about a cluster and nothing else. */
const aboutCluster =
  (action: string): Permissions<InCluster> =>
  ({ cluster }, asked) => [onCluster(asked, action, cluster)];

const aboutTask =
  (action: string): Permissions<InCluster & { readonly task?: string; readonly tasks?: readonly string[] }> =>
  ({ cluster, task, tasks = [] }, asked) =>
    onTasks(asked, action, cluster, task === undefined ? tasks : [task]);

const aboutInstances =
  (
    action: string,
  ): Permissions<
    InCluster & { readonly containerInstance?: string; readonly containerInstances?: readonly string[] }
  > =>
  ({ cluster, containerInstance, containerInstances: several = [] }, asked) =>
    onInstances(asked, action, cluster, containerInstance === undefined ? several : [containerInstance]);

/** The instances whose attributes are named; without any, all of the cluster. */
const aboutAttributes =
  (action: string): Permissions<InCluster & { readonly attributes?: readonly { readonly targetId?: string }[] }> =>
  ({ cluster, attributes = [] }, asked) => {
    const named = [...new Set(attributes.flatMap(({ targetId }) => targetId ?? []))];
    if (named.length > 0) return onInstances(asked, action, cluster, named);
    const { call } = asked;
    const all = ecsArn(call, `container-instance/${clusterNameOf(clusterArnOf(call, cluster))}/*`);
    return [permissionOn(asked, action, all, clusterConditions(asked, cluster))];
  };

const aboutService =
  (action: string): Permissions<InCluster & { readonly service?: string }> =>
  ({ cluster, service = '' }, asked) => [onService(asked, action, cluster, service)];

const onAll =
  (action: string, conditions: (input: never, asked: Asked) => ConditionValues = () => ({})): Permissions<never> =>
  (input, asked) => [{ action: `ecs:${action}`, resources: ['*'], conditions: conditions(input, asked) }];

const byArn =
  (action: string): Permissions<{ readonly resourceArn: string }> =>
  ({ resourceArn }, asked) => [permissionOn(asked, action, resourceArn, {})];

const storageKey = ({ configuration }: Pick<Parsed<CreateClusterRequest>, 'configuration'>): ConditionValues => {
  const keyId = configuration?.managedStorageConfiguration?.fargateEphemeralStorageKmsKeyId;
  return keyId === undefined ? {} : { 'ecs:fargate-ephemeral-storage-kms-key': keyId };
};

const updateCluster: Permissions<UpdateClusterRequest> = (input, asked) => [
  onCluster(asked, 'UpdateCluster', input.cluster, storageKey(input)),
];

const createCluster: Permissions<CreateClusterRequest> = (input, asked) => {
  const conditions = {
    ...requestTags(input.tags),
    ...capacityProviderConditions(asked, input.capacityProviders),
    ...storageKey(input),
  };
  const own = onCluster(asked, 'CreateCluster', input.clusterName, conditions);
  return [own, ...taggedOnCreation('CreateCluster', own.resources, input.tags)];
};

const describeClusters: Permissions<DescribeClustersRequest> = ({ clusters = [] }, asked) =>
  (clusters.length > 0 ? clusters : [undefined]).map((cluster) => onCluster(asked, 'DescribeClusters', cluster));

const describeCapacityProviders: Permissions<DescribeCapacityProvidersRequest> = (input, { call }) => {
  const named = input.capacityProviders ?? [];
  const resources = named.length > 0 ? named.map((one) => capacityProviderArnOf(call, one)) : ['*'];
  return resources.map((resource) => ({ action: 'ecs:DescribeCapacityProviders', resources: [resource] }));
};

const putClusterCapacityProviders: Permissions<PutClusterCapacityProvidersRequest> = (input, asked) => [
  onCluster(
    asked,
    'PutClusterCapacityProviders',
    input.cluster,
    capacityProviderConditions(asked, input.capacityProviders),
  ),
];

const registerContainerInstance: Permissions<RegisterContainerInstanceInput> = (input, asked) => {
  const name = clusterNameOf(clusterArnOf(asked.call, input.cluster));
  return [
    onCluster(asked, 'RegisterContainerInstance', input.cluster, requestTags(input.tags)),
    ...taggedOnCreation('RegisterContainerInstance', [ecsArn(asked.call, `container-instance/${name}/*`)], input.tags),
  ];
};

const registerTaskDefinition: Permissions<RegisterTaskDefinitionRequest> = (input, asked) => {
  const resources = [ecsArn(asked.call, `task-definition/${input.family}:*`)];
  const isPrivileged = input.containerDefinitions.some(({ privileged }) => privileged === true);
  const conditions: ConditionValues = {
    ...requestTags(input.tags),
    'ecs:privileged': String(isPrivileged),
    ...sizeConditions(asked, input),
    ...(input.requiresCompatibilities?.length && { 'ecs:compute-compatibility': input.requiresCompatibilities }),
  };
  return [
    { action: 'ecs:RegisterTaskDefinition', resources, conditions },
    ...taggedOnCreation('RegisterTaskDefinition', resources, input.tags),
    ...passedRoles(asked, [input.taskRoleArn, input.executionRoleArn], 'ecs-tasks.amazonaws.com'),
  ];
};

type Launch = Pick<
  RunTaskRequest,
  'cluster' | 'enableExecuteCommand' | 'overrides' | 'tags' | 'taskDefinition' | 'volumeConfigurations'
> &
  Partial<Pick<RunTaskRequest, 'capacityProviderStrategy'>>;

const launch =
  (action: 'RunTask' | 'StartTask'): Permissions<Launch & { readonly containerInstances?: string[] }> =>
  (input, asked) => {
    const { call } = asked;
    const { cluster, overrides } = input;
    const clusterArn = clusterArnOf(call, cluster);
    const instances = (input.containerInstances ?? []).map((one) => containerInstanceArnOf(call, clusterArn, one));
    const providers = (input.capacityProviderStrategy ?? []).flatMap(({ capacityProvider }) => capacityProvider ?? []);
    const conditions: ConditionValues = {
      'ecs:cluster': clusterArn,
      ...requestTags(input.tags),
      ...capacityProviderConditions(asked, providers),
      'ecs:enable-execute-command': String(input.enableExecuteCommand ?? false),
      'ecs:enable-ebs-volumes': String((input.volumeConfigurations ?? []).length > 0),
      ...(action === 'RunTask' && sizeConditions(asked, overrides ?? {}, input.taskDefinition)),
      ...(instances.length > 0 && { 'ecs:container-instances': instances }),
    };
    return [
      permissionOn(asked, action, definitionArnAsked(call, input.taskDefinition), conditions),
      ...taggedOnCreation(action, [ecsArn(call, `task/${clusterNameOf(clusterArn)}/*`)], input.tags),
      ...passedRoles(
        asked,
        [...rolesOfDefinition(asked, input.taskDefinition), overrides?.taskRoleArn, overrides?.executionRoleArn],
        'ecs-tasks.amazonaws.com',
      ),
      ...passedRoles(asked, rolesOfVolumes(input.volumeConfigurations), 'ecs.amazonaws.com'),
    ];
  };

type ServiceInput = Pick<
  Parsed<CreateServiceRequest>,
  | 'capacityProviderStrategy'
  | 'cluster'
  | 'deploymentConfiguration'
  | 'enableECSManagedTags'
  | 'enableExecuteCommand'
  | 'loadBalancers'
  | 'networkConfiguration'
  | 'propagateTags'
  | 'serviceConnectConfiguration'
  | 'taskDefinition'
  | 'volumeConfigurations'
  | 'vpcLatticeConfigurations'
>;

/** What runs and where, as services and task sets say it. */
function fleetConditions(
  { capacityProviderStrategy = [], cluster, taskDefinition }: ServiceInput,
  asked: Asked,
): ConditionValues {
  const providers = capacityProviderStrategy.flatMap(({ capacityProvider }) => capacityProvider ?? []);
  return {
    ...clusterConditions(asked, cluster),
    ...(taskDefinition !== undefined && { 'ecs:task-definition': definitionArnAsked(asked.call, taskDefinition) }),
    ...capacityProviderConditions(asked, providers),
  };
}

function serviceConditions(input: ServiceInput, asked: Asked): ConditionValues {
  const network = input.networkConfiguration?.awsvpcConfiguration;
  const { serviceConnectConfiguration: connect, taskDefinition } = input;
  return {
    ...fleetConditions(input, asked),
    ...sizeConditions(asked, {}, taskDefinition),
    ...(input.enableExecuteCommand !== undefined && {
      'ecs:enable-execute-command': String(input.enableExecuteCommand),
    }),
    ...(input.enableECSManagedTags !== undefined && {
      'ecs:enable-ecs-managed-tags': String(input.enableECSManagedTags),
    }),
    'ecs:enable-ebs-volumes': String((input.volumeConfigurations ?? []).length > 0),
    ...(input.propagateTags !== undefined && { 'ecs:propagate-tags': input.propagateTags }),
    ...(connect && { 'ecs:enable-service-connect': String(connect.enabled) }),
    ...(connect?.namespace !== undefined && { 'ecs:namespace': connect.namespace }),
    ...(input.vpcLatticeConfigurations && {
      'ecs:enable-vpc-lattice': String(input.vpcLatticeConfigurations.length > 0),
    }),
    ...(network && {
      'ecs:auto-assign-public-ip': String(network.assignPublicIp === 'ENABLED'),
      'ecs:subnet': network.subnets ?? [],
    }),
  };
}

function servicePasses(input: ServiceInput, asked: Asked, role?: string): readonly Permission[] {
  const { taskDefinition } = input;
  return [
    ...(taskDefinition === undefined
      ? []
      : passedRoles(asked, rolesOfDefinition(asked, taskDefinition), 'ecs-tasks.amazonaws.com')),
    ...passedRoles(asked, [role, ...rolesOfService(input)], 'ecs.amazonaws.com'),
  ];
}

const createService: Permissions<CreateServiceRequest> = (input, asked) => {
  const conditions = { ...serviceConditions(input, asked), ...requestTags(input.tags) };
  const own = onService(asked, 'CreateService', input.cluster, input.serviceName, conditions);
  return [
    own,
    ...taggedOnCreation('CreateService', own.resources, input.tags),
    ...servicePasses(input, asked, input.role),
  ];
};

const updateService: Permissions<UpdateServiceRequest> = (input, asked) => [
  onService(asked, 'UpdateService', input.cluster, input.service, serviceConditions(input, asked)),
  ...servicePasses(input, asked),
];

const describeServices: Permissions<DescribeServicesRequest> = ({ cluster, services }, asked) =>
  services.map((service) => onService(asked, 'DescribeServices', cluster, service));

const createTaskSet: Permissions<CreateTaskSetRequest> = (input, asked) => {
  const clusterArn = clusterArnOf(asked.call, input.cluster);
  const serviceArn = serviceArnOf(asked.call, clusterArn, input.service);
  const resources = [ecsArn(asked.call, `task-set/${serviceArn.slice(serviceArn.indexOf(':service/') + 9)}/*`)];
  const conditions = { ...fleetConditions(input, asked), 'ecs:service': serviceArn, ...requestTags(input.tags) };
  return [
    { action: 'ecs:CreateTaskSet', resources, conditions },
    ...taggedOnCreation('CreateTaskSet', resources, input.tags),
    ...servicePasses(input, asked),
  ];
};

const aboutTaskSets =
  (action: string): Permissions<Pick<DescribeTaskSetsRequest & DeleteTaskSetRequest, 'cluster' | 'service'>> =>
  (
    input: {
      readonly cluster: string;
      readonly service: string;
      readonly taskSet?: string;
      readonly taskSets?: readonly string[];
    },
    asked,
  ) => {
    const { call } = asked;
    const serviceArn = serviceArnOf(call, clusterArnOf(call, input.cluster), input.service);
    const [clusterName = '', name = ''] = serviceArn.slice(serviceArn.indexOf(':service/') + 9).split('/');
    const owner = { accountId: call.accountId, region: call.region, clusterName, name };
    const named = input.taskSet === undefined ? (input.taskSets ?? []) : [input.taskSet];
    const conditions = { ...clusterConditions(asked, input.cluster), 'ecs:service': serviceArn };
    return (named.length > 0 ? named : ['*']).map((reference) =>
      permissionOn(asked, action, taskSetArnOf(owner, reference), conditions),
    );
  };

/** Service deployments and revisions have no other names than their ARNs, which say cluster and service. */
const aboutDeployments =
  (action: string): Permissions<DescribeServiceDeploymentsRequest> =>
  ({ serviceDeploymentArns }, asked) =>
    serviceDeploymentArns.flatMap((arn) => childOfService(asked, action, arn));

const aboutDeployment =
  (action: string): Permissions<StopServiceDeploymentRequest | ContinueServiceDeploymentRequest> =>
  ({ serviceDeploymentArn }, asked) =>
    childOfService(asked, action, serviceDeploymentArn);

const describeServiceRevisions: Permissions<DescribeServiceRevisionsRequest> = ({ serviceRevisionArns }, asked) =>
  serviceRevisionArns.flatMap((arn) => childOfService(asked, 'DescribeServiceRevisions', arn));

const deleteTaskDefinitions: Permissions<DeleteTaskDefinitionsRequest> = ({ taskDefinitions }, asked) =>
  taskDefinitions.map((reference) =>
    permissionOn(asked, 'DeleteTaskDefinitions', definitionArnAsked(asked.call, reference), {}),
  );

/** Checked as tasks of an instance: the one that is named, or any. */
const listTasks: Permissions<ListTasksRequest> = ({ cluster, containerInstance }, asked) =>
  onInstances(asked, 'ListTasks', cluster, [containerInstance ?? '*']);

const listByNamespace: Permissions<ListServicesByNamespaceRequest> = ({ namespace }) => [
  { action: 'ecs:ListServicesByNamespace', resources: ['*'], conditions: { 'ecs:namespace': namespace } },
];

const tagResource: Permissions<TagResourceRequest> = ({ resourceArn, tags }, asked) => [
  permissionOn(asked, 'TagResource', resourceArn, requestTags(tags)),
];

const untagResource: Permissions<UntagResourceRequest> = ({ resourceArn, tagKeys }, asked) => [
  permissionOn(asked, 'UntagResource', resourceArn, { 'aws:TagKeys': tagKeys }),
];

const accountSetting = ({ name }: Pick<DeleteAccountSettingRequest, 'name'>): ConditionValues =>
  name === undefined ? {} : { 'ecs:account-setting': name };

/** An agent's websocket: `parameter` is the one of its query that names the instance. */
const agentSocket =
  (action: 'Poll' | 'StartTelemetrySession', parameter: string): Permissions<Readonly<Record<string, string>>> =>
  (query, asked) => {
    const arn = query[parameter] ?? '*';
    const clusterArn = asked.reader.get(containerInstances, arn)?.clusterArn;
    return [permissionOn(asked, action, arn, clusterArn === undefined ? {} : { 'ecs:cluster': clusterArn })];
  };

/** On the cluster and on the task; whatever a condition asks is known of both. */
const executeCommand: Permissions<ExecuteCommandRequest> = ({ cluster, container, task }, asked) => {
  const named = container === undefined ? {} : { 'ecs:container-name': container };
  const taskArn = taskArnOf(asked.call, clusterArnOf(asked.call, cluster), task);
  const conditions = { ...clusterConditions(asked, cluster), 'ecs:task': taskArn, ...named };
  return [
    onCluster(asked, 'ExecuteCommand', cluster, conditions),
    ...onTasks(asked, 'ExecuteCommand', cluster, [task], conditions),
  ];
};

/** By operation, or by the path of a socket. What is not here has no resource types: ListClusters, DescribeTaskDefinition. */
export const ecsPermissions: Readonly<Record<string, Permissions<never>>> = {
  '/_acs/ws': agentSocket('Poll', 'containerInstanceArn'),
  '/_tcs/ws': agentSocket('StartTelemetrySession', 'containerInstance'),
  ContinueServiceDeployment: aboutDeployment('ContinueServiceDeployment'),
  CreateCluster: createCluster,
  CreateService: createService,
  CreateTaskSet: createTaskSet,
  DeleteAccountSetting: onAll('DeleteAccountSetting', accountSetting),
  DeleteAttributes: aboutAttributes('DeleteAttributes'),
  DeleteCluster: aboutCluster('DeleteCluster'),
  DeleteService: aboutService('DeleteService'),
  DeleteTaskDefinitions: deleteTaskDefinitions,
  DeleteTaskSet: aboutTaskSets('DeleteTaskSet'),
  DeregisterContainerInstance: aboutCluster('DeregisterContainerInstance'),
  DescribeCapacityProviders: describeCapacityProviders,
  DescribeClusters: describeClusters,
  DescribeContainerInstances: aboutInstances('DescribeContainerInstances'),
  DescribeServiceDeployments: aboutDeployments('DescribeServiceDeployments'),
  DescribeServiceRevisions: describeServiceRevisions,
  DescribeServices: describeServices,
  DescribeTaskSets: aboutTaskSets('DescribeTaskSets'),
  DescribeTasks: aboutTask('DescribeTasks'),
  ExecuteCommand: executeCommand,
  GetTaskProtection: aboutTask('GetTaskProtection'),
  ListAttributes: aboutCluster('ListAttributes'),
  ListContainerInstances: aboutCluster('ListContainerInstances'),
  ListServiceDeployments: aboutService('ListServiceDeployments'),
  ListServices: onAll('ListServices', ({ cluster }: InCluster, asked) => clusterConditions(asked, cluster)),
  ListServicesByNamespace: listByNamespace,
  ListTagsForResource: byArn('ListTagsForResource'),
  ListTasks: listTasks,
  PutAccountSetting: onAll('PutAccountSetting', accountSetting),
  PutAccountSettingDefault: onAll('PutAccountSettingDefault', accountSetting),
  PutAttributes: aboutAttributes('PutAttributes'),
  PutClusterCapacityProviders: putClusterCapacityProviders,
  RegisterContainerInstance: registerContainerInstance,
  RegisterTaskDefinition: registerTaskDefinition,
  RunTask: launch('RunTask'),
  StartTask: launch('StartTask'),
  StopServiceDeployment: aboutDeployment('StopServiceDeployment'),
  StopTask: aboutTask('StopTask'),
  SubmitAttachmentStateChanges: aboutCluster('SubmitAttachmentStateChanges'),
  SubmitContainerStateChange: aboutCluster('SubmitContainerStateChange'),
  SubmitTaskStateChange: aboutCluster('SubmitTaskStateChange'),
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateCluster: updateCluster,
  UpdateClusterSettings: aboutCluster('UpdateClusterSettings'),
  UpdateContainerAgent: aboutInstances('UpdateContainerAgent'),
  UpdateContainerInstancesState: aboutInstances('UpdateContainerInstancesState'),
  UpdateService: updateService,
  UpdateServicePrimaryTaskSet: aboutService('UpdateServicePrimaryTaskSet'),
  UpdateTaskProtection: aboutTask('UpdateTaskProtection'),
  UpdateTaskSet: aboutTaskSets('UpdateTaskSet'),
};
