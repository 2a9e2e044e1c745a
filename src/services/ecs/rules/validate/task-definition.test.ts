import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstRefusal } from '../refusal.ts';
import type { ContainerInput, TaskDefinitionInput } from '../task-definition-input.ts';
import { taskDefinitionRefusals } from './task-definition.ts';

const app: ContainerInput = { name: 'app', image: 'nginx:latest', memory: 128 };
const role = 'arn:aws:iam::123456789012:role/execution';

function definition(container: Partial<ContainerInput>, task: Partial<TaskDefinitionInput> = {}): TaskDefinitionInput {
  return { family: 'web', containerDefinitions: [{ ...app, ...container }], ...task };
}

function withSidecar(
  container: Partial<ContainerInput>,
  sidecar: Partial<ContainerInput>,
  task: Partial<TaskDefinitionInput> = {},
): TaskDefinitionInput {
  return {
    family: 'web',
    containerDefinitions: [
      { ...app, ...container },
      { ...app, name: 'sidecar', ...sidecar },
    ],
    ...task,
  };
}

function awslogs(
  options: Readonly<Record<string, string>>,
  secretOptions: readonly { readonly name: string; readonly valueFrom: string }[] = [],
): TaskDefinitionInput {
  const where = { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1' };
  return definition({ logConfiguration: { logDriver: 'awslogs', options: { ...where, ...options }, secretOptions } });
}

const accepted: Readonly<Record<string, TaskDefinitionInput>> = {
  'a name, an image and memory': definition({}),
  'memory of the task instead of the container': {
    family: 'web',
    containerDefinitions: [{ name: 'app', image: 'nginx' }],
    memory: '512',
  },
  'a reservation as large as the limit': definition({ memoryReservation: 128 }),
  'a digest': definition({ image: `nginx@sha256:${'a'.repeat(64)}` }),
  'a dynamic host port': definition({ portMappings: [{ containerPort: 80 }] }),
  'two host ports for one container port': definition({
    portMappings: [
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 80, hostPort: 8081 },
    ],
  }),
  'tcp and udp on different ports': definition({
    portMappings: [{ containerPort: 53, protocol: 'udp' }, { containerPort: 54 }],
  }),
  'a port range beside a port': definition({
    portMappings: [{ containerPortRange: '8000-8010' }, { containerPort: 8011 }],
  }),
  'secrets with an execution role': definition(
    { secrets: [{ name: 'KEY', valueFrom: 'parameter' }] },
    { executionRoleArn: role },
  ),
  'a dependency on the health of a container with a check': withSidecar(
    { dependsOn: [{ containerName: 'sidecar', condition: 'HEALTHY' }] },
    { healthCheck: { command: ['CMD-SHELL', 'true'] } },
  ),
  'a dependency on the success of a container that is not essential': withSidecar(
    { dependsOn: [{ containerName: 'sidecar', condition: 'SUCCESS' }] },
    { essential: false },
  ),
  'an unlimited hard limit': definition({ ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: -1 }] }),
  'a volume and its mount': definition(
    { mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] },
    { volumes: [{ name: 'data' }] },
  ),
  'awslogs with options that are secrets, required ones too': definition(
    {
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-region': 'us-east-1' },
        secretOptions: [
          { name: 'awslogs-group', valueFrom: 'group' },
          { name: 'awslogs-stream-prefix', valueFrom: 'prefix' },
        ],
      },
    },
    { executionRoleArn: role },
  ),
  'splunk with its token as a secret': definition(
    {
      logConfiguration: {
        logDriver: 'splunk',
        options: { 'splunk-url': 'https://logs' },
        secretOptions: [{ name: 'splunk-token', valueFrom: 'token' }],
      },
    },
    { executionRoleArn: role },
  ),
  'a log router and a container that logs to it': withSidecar(
    { logConfiguration: { logDriver: 'awsfirelens' } },
    { firelensConfiguration: { type: 'fluentbit' } },
  ),
  'one port for TCP and for UDP': definition({
    portMappings: [
      { containerPort: 53, hostPort: 53 },
      { containerPort: 53, hostPort: 53, protocol: 'udp' },
    ],
  }),
  'all GPUs': definition({ resourceRequirements: [{ type: 'GPU', value: 'ALL' }] }),
  'a user and a group': definition({ user: '1000:www-data' }),
  'texts that say nothing': definition({ user: '', workingDirectory: '', hostname: '' }),
};

for (const [what, input] of Object.entries(accepted)) {
  test(`a definition with ${what} is accepted`, () => {
    assert.equal(firstRefusal(taskDefinitionRefusals(input)), undefined);
  });
}

const client = 'ClientException';
const invalid = 'InvalidParameterException';

const refused: Readonly<Record<string, readonly [TaskDefinitionInput, string, string | RegExp]>> = {
  'no family': [{ family: '', containerDefinitions: [app] }, client, 'Family should not be null or empty.'],
  'a family with a space': [{ family: 'a b', containerDefinitions: [app] }, client, /Family/],
  'no containers': [{ family: 'web', containerDefinitions: [] }, client, 'Container list cannot be empty.'],
  'eleven containers': [
    { family: 'web', containerDefinitions: Array.from({ length: 11 }, (_, at) => ({ ...app, name: `c${at}` })) },
    client,
    /more than 10 container definitions/,
  ],
  'no container name': [definition({ name: '' }), client, 'Container.name should not be null or empty.'],
  'no image': [definition({ image: '' }), client, 'Container.image should not be null or empty.'],
  'an image with a space': [definition({ image: 'a b' }), client, 'Container.image contains invalid characters.'],
  'a digest of another kind': [definition({ image: 'a@md5:00' }), client, /Container.image/],
  'no memory anywhere': [
    { family: 'web', containerDefinitions: [{ name: 'app', image: 'nginx' }] },
    client,
    "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
  ],
  'less memory than Docker takes': [definition({ memory: 4 }), invalid, /memory/],
  'a reservation over the limit': [definition({ memoryReservation: 256 }), client, /memoryReservation/],
  'a container larger than its task': [
    definition({ memory: 1024 }, { memory: '512' }),
    client,
    /greater than the memory/,
  ],
  'containers that need more cpu than the task': [definition({ cpu: 512 }, { cpu: '256' }), client, /total cpu/],
  'a size that is none': [definition({}, { cpu: 'plenty' }), client, /cpu/],
  'two containers of one name': [withSidecar({}, { name: 'app' }), client, /used more than once/],
  'no essential container': [definition({ essential: false }), client, /at least one essential/],
  'an unknown network mode': [definition({}, { networkMode: 'vpc' as never }), invalid, /networkMode should be one of/],
  'other host ports in awsvpc': [
    definition({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }, { networkMode: 'awsvpc' }),
    client,
    'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
  ],
  'other host ports in host mode': [
    definition({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }, { networkMode: 'host' }),
    client,
    'When networkMode=host, the host ports and container ports in port mappings must match.',
  ],
  'ports without a network': [
    definition({ portMappings: [{ containerPort: 80 }] }, { networkMode: 'none' }),
    client,
    /none/,
  ],
  'port 0': [definition({ portMappings: [{ containerPort: 0 }] }), invalid, /containerPort/],
  'ranges that overlap': [
    definition({ portMappings: [{ containerPortRange: '80-90' }, { containerPortRange: '90-95' }] }),
    client,
    /overlap/,
  ],
  'a port inside a range': [
    definition({ portMappings: [{ containerPortRange: '80-90' }, { containerPort: 85 }] }),
    client,
    /overlap/,
  ],
  'a range backwards': [definition({ portMappings: [{ containerPortRange: '90-80' }] }), client, /first less than/],
  'one host port twice': [
    withSidecar(
      { portMappings: [{ containerPort: 80, hostPort: 80 }] },
      { portMappings: [{ containerPort: 8080, hostPort: 80 }] },
    ),
    client,
    /host port 80\/tcp/,
  ],
  'a port name in capitals': [definition({ portMappings: [{ containerPort: 80, name: 'Web' }] }), client, /lowercase/],
  'secrets without an execution role': [
    definition({ secrets: [{ name: 'KEY', valueFrom: 'parameter' }] }),
    client,
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
  ],
  'a secret named as a variable': [
    definition(
      { environment: [{ name: 'KEY', value: '1' }], secrets: [{ name: 'KEY', valueFrom: 'parameter' }] },
      { executionRoleArn: role },
    ),
    client,
    /The secret name must be unique/,
  ],
  'an environment file without its ending': [
    definition({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/file' }] }, { executionRoleArn: role }),
    client,
    /\.env/,
  ],
  'a health check of another kind': [definition({ healthCheck: { command: ['true'] } }), client, /CMD or CMD-SHELL/],
  'a health check every second': [
    definition({ healthCheck: { command: ['CMD', 'true'], interval: 1 } }),
    invalid,
    /interval must be a whole number between 5 and 300/,
  ],
  'a restart policy that restarts at once': [
    definition({ restartPolicy: { enabled: true, restartAttemptPeriod: 10 } }),
    invalid,
    /restartAttemptPeriod/,
  ],
  'a log driver that does not exist': [
    definition({ logConfiguration: { logDriver: 'paper' as never } }),
    invalid,
    /logDriver should be one of/,
  ],
  'awslogs without its group': [
    definition({ logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-region': 'us-east-1' } } }),
    client,
    'Log driver awslogs requires options: awslogs-group',
  ],
  'options of awslogs that ECS does not take': [
    awslogs({ 'awslogs-format': 'json/emf', 'awslogs-stream': 'own' }),
    client,
    'Log driver awslogs disallows options: awslogs-format, awslogs-stream',
  ],
  'a group of awslogs that is not to be made': [
    awslogs({ 'awslogs-create-group': 'false' }),
    client,
    "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.",
  ],
  'secrets of awslogs that are none of its options': [
    awslogs({}, [{ name: 'awslogs-stream', valueFrom: 'stream' }]),
    client,
    'Log driver awslogs disallows options: awslogs-stream',
  ],
  'a date format and, as a secret, a pattern': [
    awslogs({ 'awslogs-datetime-format': '%H' }, [{ name: 'awslogs-multiline-pattern', valueFrom: 'pattern' }]),
    client,
    /cannot configure both/,
  ],
  'firelens logs without a router': [
    definition({ logConfiguration: { logDriver: 'awsfirelens' } }),
    client,
    /firelensConfiguration/,
  ],
  'a router that nothing logs to': [
    definition({ firelensConfiguration: { type: 'fluentd' } }),
    client,
    'When a firelensConfiguration object is specified, at least one container must be configured with the awsfirelens log driver.',
  ],
  'a dependency on nobody': [
    definition({ dependsOn: [{ containerName: 'ghost', condition: 'START' }] }),
    client,
    /no other container 'ghost'/,
  ],
  'a dependency on the health of a container without a check': [
    withSidecar({ dependsOn: [{ containerName: 'sidecar', condition: 'HEALTHY' }] }, {}),
    client,
    /health check/,
  ],
  'a dependency on the end of an essential container': [
    withSidecar({ dependsOn: [{ containerName: 'sidecar', condition: 'COMPLETE' }] }, {}),
    client,
    /essential/,
  ],
  'containers that wait for each other': [
    withSidecar(
      { dependsOn: [{ containerName: 'sidecar', condition: 'START' }] },
      { dependsOn: [{ containerName: 'app', condition: 'START' }] },
    ),
    client,
    /loop/,
  ],
  'links in awsvpc': [
    withSidecar({ links: ['sidecar'] }, {}, { networkMode: 'awsvpc' }),
    client,
    'Links are not supported when networkMode=awsvpc.',
  ],
  'a hostname in awsvpc': [
    definition({ hostname: 'web' }, { networkMode: 'awsvpc' }),
    client,
    /hostname is not supported/,
  ],
  'a mount of nothing': [
    definition({ mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }] }),
    client,
    "Unknown volume 'data'.",
  ],
  'two volumes of one name': [
    definition({}, { volumes: [{ name: 'data' }, { name: 'data' }] }),
    client,
    /Duplicate volume/,
  ],
  'a volume of two kinds': [
    definition(
      {},
      { volumes: [{ name: 'data', host: { sourcePath: '/data' }, dockerVolumeConfiguration: { scope: 'task' } }] },
    ),
    client,
    /Only one volume configuration/,
  ],
  'a task volume made beforehand': [
    definition({}, { volumes: [{ name: 'data', dockerVolumeConfiguration: { scope: 'task', autoprovision: true } }] }),
    client,
    /autoprovision/,
  ],
  'an EFS access point without encryption': [
    definition(
      {},
      {
        volumes: [
          {
            name: 'data',
            efsVolumeConfiguration: { fileSystemId: 'fs-1', authorizationConfig: { accessPointId: 'fsap-1' } },
          },
        ],
      },
    ),
    client,
    /Transit encryption/,
  ],
  'an unknown capability': [
    definition({ linuxParameters: { capabilities: { add: ['FLY'] } } }),
    invalid,
    /capability should be one of/,
  ],
  'a soft limit over the hard one': [
    definition({ ulimits: [{ name: 'nofile', softLimit: 20, hardLimit: 10 }] }),
    client,
    /soft limit/,
  ],
  'a kernel parameter of the whole host': [
    definition({ systemControls: [{ namespace: 'vm.swappiness', value: '1' }] }),
    invalid,
    /vm.swappiness/,
  ],
  'a network parameter in host mode': [
    definition({ systemControls: [{ namespace: 'net.core.somaxconn', value: '1' }] }, { networkMode: 'host' }),
    client,
    /networkMode=host/,
  ],
  'too little ephemeral storage': [
    definition({}, { ephemeralStorage: { sizeInGiB: 20 } }),
    client,
    'EphemeralStorage size should be at least 21',
  ],
  'a constraint of another type': [
    definition({}, { placementConstraints: [{ type: 'distinctInstance' as never }] }),
    invalid,
    /memberOf/,
  ],
  'more text than a definition may have': [
    definition({ environment: [{ name: 'LONG', value: 'x'.repeat(66_000) }] }),
    client,
    /Max allowed length is '65536' bytes/,
  ],
  'half a GPU': [definition({ resourceRequirements: [{ type: 'GPU', value: '0.5' }] }), client, /GPU/],
  'a shared GPU with a value': [
    definition({
      resourceRequirements: [{ type: 'GPU', value: '1', sharingStrategy: { nvidiaMps: { memory: 512 } } }],
    }),
    client,
    /sharing strategy/,
  ],
  'one Neuron device': [definition({ resourceRequirements: [{ type: 'NeuronDevice', value: '1' }] }), client, /ALL/],
  'an accelerator that is no more': [
    definition({}, { inferenceAccelerators: [{ deviceName: 'd', deviceType: 'eia1.medium' }] }),
    client,
    /no longer/,
  ],
};

for (const [what, [input, code, message]] of Object.entries(refused)) {
  test(`a definition with ${what} is refused`, () => {
    const refusal = firstRefusal(taskDefinitionRefusals(input));
    assert.equal(refusal?.code, code);
    if (typeof message === 'string') assert.equal(refusal?.message, message);
    else assert.match(refusal?.message ?? '', message);
  });
}
