// The facts of AWS's service authorization reference for ECS, action by action: the types of the resources that a policy
// may name, and the condition keys besides those of the resources' own tags. Read in its programmatic form, September 2026.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { model } from '../../aws/models/ecs.gen.ts';
import type { Permissions } from '../../aws/permission.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { agentSockets } from './agents/sockets.ts';
import { createEcsParts } from './parts.ts';
import { ecsPermissions } from './permissions.ts';
import { ecsService } from './service.ts';
import { openTaskScene } from './task-scene.test.ts';

const requestTag = ['aws:RequestTag', 'aws:TagKeys'];
const inCluster = ['ecs:cluster'];
const ofDeployment = ['ecs:cluster', 'ecs:service'];
const ofSize = ['ecs:task-cpu', 'ecs:task-memory'];
const ofLaunch = ['ecs:cluster', 'ecs:enable-ebs-volumes', 'ecs:enable-execute-command'];
const ofService = [
  ...ofLaunch,
  ...ofSize,
  'ecs:auto-assign-public-ip',
  'ecs:capacity-provider',
  'ecs:enable-ecs-managed-tags',
  'ecs:enable-service-connect',
  'ecs:enable-vpc-lattice',
  'ecs:namespace',
  'ecs:propagate-tags',
  'ecs:subnet',
  'ecs:task-definition',
];
const anything: readonly string[] = [];

type Facts = readonly [types: readonly string[], keys?: readonly string[]];

const reference: Readonly<Record<string, Facts>> = {
  ContinueServiceDeployment: [['service', 'service-deployment'], ofDeployment],
  CreateCluster: [['cluster'], [...requestTag, 'ecs:capacity-provider', 'ecs:fargate-ephemeral-storage-kms-key']],
  CreateService: [['service'], [...requestTag, ...ofService]],
  CreateTaskSet: [
    ['task-set'],
    [...requestTag, 'ecs:capacity-provider', 'ecs:cluster', 'ecs:service', 'ecs:task-definition'],
  ],
  DeleteAccountSetting: [anything, ['ecs:account-setting']],
  DeleteAttributes: [['container-instance'], inCluster],
  DeleteCluster: [['cluster']],
  DeleteService: [['service'], inCluster],
  DeleteTaskDefinitions: [['task-definition']],
  DeleteTaskSet: [['task-set'], ofDeployment],
  DeregisterContainerInstance: [['cluster']],
  DeregisterTaskDefinition: [anything],
  DescribeCapacityProviders: [['capacity-provider']],
  DescribeClusters: [['cluster']],
  DescribeContainerInstances: [['container-instance'], inCluster],
  DescribeServiceDeployments: [['service', 'service-deployment'], ofDeployment],
  DescribeServiceRevisions: [['service', 'service-revision'], ofDeployment],
  DescribeServices: [['service'], inCluster],
  DescribeTaskDefinition: [anything],
  DescribeTaskSets: [['task-set'], ofDeployment],
  DescribeTasks: [['task'], inCluster],
  DiscoverPollEndpoint: [anything],
  ExecuteCommand: [
    ['cluster', 'task'],
    ['ecs:cluster', 'ecs:container-name', 'ecs:task'],
  ],
  GetTaskProtection: [['task'], inCluster],
  ListAccountSettings: [anything],
  ListAttributes: [['cluster']],
  ListClusters: [anything],
  ListContainerInstances: [['cluster']],
  ListServiceDeployments: [['service'], inCluster],
  ListServices: [anything, inCluster],
  ListServicesByNamespace: [anything, ['ecs:namespace']],
  ListTagsForResource: [['task']],
  ListTaskDefinitionFamilies: [anything],
  ListTaskDefinitions: [anything],
  ListTasks: [['container-instance'], inCluster],
  Poll: [['container-instance'], inCluster],
  PutAccountSetting: [anything, ['ecs:account-setting']],
  PutAccountSettingDefault: [anything, ['ecs:account-setting']],
  PutAttributes: [['container-instance'], inCluster],
  PutClusterCapacityProviders: [['cluster'], ['ecs:capacity-provider']],
  RegisterContainerInstance: [['cluster'], requestTag],
  RegisterTaskDefinition: [
    ['task-definition'],
    [...requestTag, ...ofSize, 'ecs:compute-compatibility', 'ecs:privileged'],
  ],
  RunTask: [['task-definition'], [...requestTag, ...ofLaunch, ...ofSize, 'ecs:capacity-provider']],
  StartTask: [['task-definition'], [...requestTag, ...ofLaunch, 'ecs:container-instances']],
  StartTelemetrySession: [['container-instance'], inCluster],
  StopServiceDeployment: [['service', 'service-deployment'], ofDeployment],
  StopTask: [['task'], inCluster],
  SubmitAttachmentStateChanges: [['cluster']],
  SubmitContainerStateChange: [['cluster']],
  SubmitTaskStateChange: [['cluster']],
  // `ecs:CreateAction` is there only where the tags come with what is created: see the next test.
  TagResource: [['task'], requestTag],
  UntagResource: [['task'], ['aws:TagKeys']],
  UpdateCluster: [['cluster'], ['ecs:fargate-ephemeral-storage-kms-key']],
  UpdateClusterSettings: [['cluster']],
  UpdateContainerAgent: [['container-instance'], inCluster],
  UpdateContainerInstancesState: [['container-instance'], inCluster],
  UpdateService: [['service'], ofService],
  UpdateServicePrimaryTaskSet: [['service'], inCluster],
  UpdateTaskProtection: [['task'], inCluster],
  UpdateTaskSet: [['task-set'], ofDeployment],
};

const prefix = 'arn:aws:ecs:us-east-1:123456789012:';
const instanceArn = `${prefix}container-instance/fleet/${'1'.repeat(32)}`;
const taskArn = `${prefix}task/fleet/${'2'.repeat(32)}`;

/** A request of every operation at once: whatever a key could be made of is there. */
const everything = {
  attributes: [{ name: 'rack', targetId: instanceArn }],
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
  capacityProviders: ['FARGATE'],
  cluster: 'fleet',
  clusterName: 'fleet',
  clusters: ['fleet'],
  configuration: { managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: 'key' } },
  container: 'app',
  containerDefinitions: [{ name: 'app' }],
  containerInstance: instanceArn,
  containerInstances: [instanceArn],
  cpu: '.5 vCPU',
  enableECSManagedTags: true,
  enableExecuteCommand: true,
  family: 'web',
  memory: '1 GB',
  name: 'containerInsights',
  namespace: 'arn:aws:servicediscovery:us-east-1:123456789012:namespace/ns-1',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
  overrides: { cpu: '2 vCPU', memory: '4096' },
  propagateTags: 'SERVICE',
  requiresCompatibilities: ['FARGATE'],
  resourceArn: taskArn,
  service: 'web',
  serviceConnectConfiguration: { enabled: true, namespace: 'inner' },
  serviceDeploymentArn: `${prefix}service-deployment/fleet/web/abc`,
  serviceDeploymentArns: [`${prefix}service-deployment/fleet/web/abc`],
  serviceName: 'web',
  serviceRevisionArns: [`${prefix}service-revision/fleet/web/1`],
  services: ['web'],
  tagKeys: ['team'],
  tags: [{ key: 'team', value: 'blue' }],
  targetId: instanceArn,
  task: taskArn,
  taskDefinition: 'web',
  taskDefinitions: ['web:1'],
  taskSet: 'ecs-svc/1',
  taskSets: ['ecs-svc/1'],
  tasks: [taskArn],
  volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn: 'infrastructure' } }],
  vpcLatticeConfigurations: [{ roleArn: 'lattice', targetGroupArn: 'arn', portName: 'web' }],
};

/** The members that the operation has, of a structure of AWS's model. */
function everythingOf(action: string): object {
  const shape = model.shapes[model.operations[action]?.input ?? ''];
  const members = shape?.kind === 'structure' ? shape.members : {};
  return Object.fromEntries(Object.entries(everything).filter(([name]) => name in members));
}

const socketOf: Readonly<Record<string, string>> = { Poll: '/_acs/ws', StartTelemetrySession: '/_tcs/ws' };

async function openQuestions() {
  const ecs = await openTaskScene();
  await ecs.define({ cpu: '256', memory: '512' });
  await ecs.host(1, { record: { arn: instanceArn, clusterArn: `${prefix}cluster/fleet` } });
  return (action: string, input: object = everythingOf(action)) => {
    const permissions: Permissions<never> | undefined = ecsPermissions[socketOf[action] ?? action];
    // What has no line is asked about as `*` without conditions.
    if (!permissions) return [{ action: `ecs:${action}`, resources: ['*'] }];
    return ecs.store.view((reader) => permissions(input as never, { call: ecs.call, reader }));
  };
}

test('every operation that is built, and the sockets of agents, are actions of the reference', () => {
  const clock = new SimClock();
  const log = new SimLog(clock);
  const built = Object.keys(
    ecsService(createEcsParts({ clock, random: new SimRandom(1), hash: simHash, log })).operations,
  );
  assert.deepEqual(
    [...built, ...Object.keys(socketOf)].filter((action) => !(action in reference)),
    [],
  );
  assert.deepEqual(
    Object.keys(reference).filter((action) => !(action in model.operations) && !(action in socketOf)),
    [],
  );
  assert.deepEqual(Object.values(socketOf).toSorted(), Object.keys(agentSockets).toSorted());
});

for (const [action, [types, keys = []]] of Object.entries(reference)) {
  test(`${action} asks about ${types.join(' and ') || 'no resource'}, by the condition keys that AWS lists`, async () => {
    const ask = await openQuestions();
    const query = { containerInstanceArn: instanceArn, containerInstance: instanceArn };
    const questions = ask(action, action in socketOf ? query : everythingOf(action)).filter(
      (question) => question.action === `ecs:${action}`,
    );
    const asked = questions.flatMap(({ resources }) => resources).map((arn) => /^arn:[^/]*:([a-z-]+)\//.exec(arn)?.[1]);
    assert.deepEqual(
      asked.filter((type) => type !== undefined),
      types,
    );
    const given = new Set(
      questions.flatMap((question) => Object.keys('conditions' in question ? question.conditions : {})),
    );
    const named = [...given].map((key) => key.replace('aws:RequestTag/team', 'aws:RequestTag'));
    assert.deepEqual(named.toSorted(), keys.toSorted());
  });
}

test('what brings tags for what it creates asks for TagResource as well, and says what creates it', async () => {
  const ask = await openQuestions();
  const creating = Object.keys(reference).filter((action) =>
    ask(action).some((question) => 'conditions' in question && 'ecs:CreateAction' in question.conditions),
  );
  assert.deepEqual(
    creating,
    Object.keys(reference).filter(
      (action) => action !== 'TagResource' && reference[action]?.[1]?.includes('aws:RequestTag'),
    ),
  );
});

test('sizes are numbers however they were written, and without an override those of the definition', async () => {
  const ask = await openQuestions();
  const sizeOf = (action: string, input: object) => {
    const [question] = ask(action, input);
    assert.ok(question && 'conditions' in question);
    return [question.conditions['ecs:task-cpu'], question.conditions['ecs:task-memory']];
  };
  assert.deepEqual(sizeOf('RegisterTaskDefinition', everything), ['512', '1024']);
  assert.deepEqual(sizeOf('RunTask', everything), ['2048', '4096']);
  assert.deepEqual(sizeOf('RunTask', { ...everything, overrides: { memory: '2 GB' } }), ['256', '2048']);
  assert.deepEqual(sizeOf('CreateService', everything), ['256', '512']);
});
