import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newTask } from './accept.ts';
import type { PayloadContainer, PayloadTask } from './contract.ts';
import {
  cgroupParentOf,
  containerBody,
  type DockerContext,
  dockerNameOf,
  bridgeNameOf,
  networkNameOf,
  pauseBody,
  taskLimits,
} from './docker-config.ts';
import { pauseName, type TaskRecord } from './state.ts';

const arn = 'arn:aws:ecs:us-east-1:123456789012:task/default/0123456789abcdef0123456789abcdef';
const context: DockerContext = {
  agentId: 'agent-1',
  cluster: 'default',
  region: 'eu-west-1',
  cgroupDriver: 'cgroupfs',
  engineVersion: '20.10.24',
  limits: 'task-cgroup',
  environment: { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/x' },
  imageEnvironment: ['PATH=/bin'],
};

function container(over: Partial<PayloadContainer> = {}): PayloadContainer {
  return {
    name: 'app',
    image: 'nginx:1',
    containerArn: 'arn:c',
    cpu: 256,
    memory: 128,
    essential: true,
    command: ['serve'],
    environment: { A: '1' },
    links: [],
    portMappings: [{ containerPort: 80, protocol: 'tcp' }],
    mountPoints: [],
    volumesFrom: [],
    dockerConfig: { version: '1.18', config: '{}', hostConfig: '{}' },
    dependsOn: [],
    ...over,
  };
}

function record(wanted: PayloadContainer, over: Partial<PayloadTask> = {}): TaskRecord {
  const payload: PayloadTask = {
    arn,
    taskClusterArn: 'arn:cl',
    family: 'web',
    version: '7',
    desiredStatus: 'RUNNING',
    containers: [wanted],
    volumes: [],
    ...over,
  };
  return newTask(payload, 0, () => 'beef');
}

function body(wanted: PayloadContainer, over: Partial<PayloadTask> = {}, with_: Partial<DockerContext> = {}) {
  return containerBody(record(wanted, over), wanted, { ...context, ...with_ });
}

test('a bridge container is created as the stock agent creates it', () => {
  assert.deepEqual(body(container()), {
    Image: 'nginx:1',
    Cmd: ['serve'],
    Env: [
      'AWS_REGION=eu-west-1',
      'AWS_DEFAULT_REGION=eu-west-1',
      'ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/x',
      'A=1',
    ],
    ExposedPorts: { '80/tcp': {} },
    Labels: {
      'com.amazonaws.ecs.task-arn': arn,
      'com.amazonaws.ecs.container-name': 'app',
      'com.amazonaws.ecs.task-definition-family': 'web',
      'com.amazonaws.ecs.task-definition-version': '7',
      'com.amazonaws.ecs.cluster': 'default',
      'longshore.agent': 'agent-1',
    },
    HostConfig: {
      NetworkMode: 'bridge',
      PortBindings: { '80/tcp': [{ HostPort: '' }] },
      CpuShares: 256,
      Memory: 128 * 1024 * 1024,
      CgroupParent: '/ecs/0123456789abcdef0123456789abcdef',
    },
  });
});

describe('one setting after the other', () => {
  const cases: readonly {
    readonly what: string;
    readonly wanted?: Partial<PayloadContainer>;
    readonly task?: Partial<PayloadTask>;
    readonly context?: Partial<DockerContext>;
    readonly host: Readonly<Record<string, unknown>>;
  }[] = [
    { what: 'cpu 0 weighs the least', wanted: { cpu: 0 }, host: { CpuShares: 2 } },
    { what: 'cpu has a ceiling', wanted: { cpu: 500_000 }, host: { CpuShares: 262_144 } },
    { what: 'no memory is no limit of its own', wanted: { memory: 0 }, host: { Memory: undefined } },
    { what: 'memory is at least 4 MiB', wanted: { memory: 1 }, host: { Memory: 4 * 1024 * 1024 } },
    {
      what: 'a fixed host port is kept',
      wanted: { portMappings: [{ containerPort: 53, hostPort: 5353, protocol: 'udp' }] },
      host: { PortBindings: { '53/udp': [{ HostPort: '5353' }] } },
    },
    {
      what: 'host mode binds no ports',
      task: { networkMode: 'host' },
      host: { NetworkMode: 'host', PortBindings: undefined },
    },
    {
      what: 'the JSON of the control plane is laid on top',
      wanted: { dockerConfig: { version: '1.18', config: '{}', hostConfig: '{"Memory":7,"CapAdd":["SYS_PTRACE"]}' } },
      host: { Memory: 7, CapAdd: ['SYS_PTRACE'] },
    },
    {
      what: 'awslogs output stays on the engine, from where it is shipped',
      wanted: {
        dockerConfig: {
          version: '1.18',
          config: '{}',
          hostConfig:
            '{"LogConfig":{"Type":"awslogs","Config":{"a":"b","mode":"non-blocking","max-buffer-size":"1m"}}}',
        },
      },
      host: {
        LogConfig: {
          Type: 'json-file',
          Config: { 'max-size': '20m', 'max-file': '5', mode: 'non-blocking', 'max-buffer-size': '1m' },
        },
      },
    },
    {
      what: 'a systemd engine gets a slice',
      context: { cgroupDriver: 'systemd' },
      host: { CgroupParent: 'ecstasks-0123456789abcdef0123456789abcdef.slice' },
    },
    {
      what: 'limits of the task go onto each container where no group can be made',
      wanted: { memory: 0 },
      task: { cpu: 0.5, memory: 512 },
      context: { limits: 'containers' },
      host: { CgroupParent: undefined, CpuQuota: 50_000, CpuPeriod: 100_000, Memory: 512 * 1024 * 1024 },
    },
    {
      what: 'volumes are bound from the host or from the task’s own',
      wanted: {
        mountPoints: [
          { sourceVolume: 'etc', containerPath: '/conf', readOnly: true },
          { sourceVolume: 'scratch', containerPath: '/tmp', readOnly: false },
        ],
      },
      task: {
        volumes: [
          { name: 'etc', type: 'host', host: { sourcePath: '/etc' } },
          { name: 'scratch', type: 'host' },
        ],
      },
      host: { Binds: ['/etc:/conf:ro', 'ecs-web-7-scratch-beef:/tmp'] },
    },
    { what: 'pidMode host', task: { pidMode: 'host' }, host: { PidMode: 'host' } },
  ];
  for (const { what, wanted, task, context: with_, host } of cases) {
    test(what, () => {
      const made = body(container(wanted), task, with_).HostConfig ?? {};
      for (const [name, value] of Object.entries(host)) assert.deepEqual(made[name], value, name);
    });
  }
});

test('the labels of ECS win over a definition’s own', () => {
  const config = JSON.stringify({ Labels: { team: 'a', 'com.amazonaws.ecs.cluster': 'forged' }, User: 'nobody' });
  const made = body(container({ dockerConfig: { version: '1.18', config, hostConfig: '{}' } }));
  assert.equal(made.Labels?.['team'], 'a');
  assert.equal(made.Labels?.['com.amazonaws.ecs.cluster'], 'default');
  assert.equal(made['User'], 'nobody');
});

test('a region that the definition or the image sets is left alone', () => {
  assert.deepEqual(body(container({ environment: { AWS_REGION: 'x' } }), {}, { environment: {} }).Env, [
    'AWS_REGION=x',
  ]);
  const image = { environment: {}, imageEnvironment: ['AWS_DEFAULT_REGION=y'] };
  assert.deepEqual(body(container({ environment: {} }), {}, image).Env, []);
});

test('an awsvpc container shares the pause container’s network, which has the address', () => {
  const wanted = container({
    dockerConfig: { version: '1.18', config: '{"Hostname":"h"}', hostConfig: '{"ExtraHosts":["a:1.2.3.4"]}' },
  });
  const task = record(wanted, {
    networkMode: 'awsvpc',
    elasticNetworkInterfaces: [
      {
        attachmentArn: 'arn:a',
        ec2Id: 'eni-1',
        macAddress: '02:00:00:00:00:01',
        ipv4Addresses: [{ privateAddress: '172.31.0.9', primary: true }],
        subnetGatewayIpv4Address: '172.31.0.1/20',
        privateDnsName: 'ip-172-31-0-9.ec2.internal',
        domainNameServers: [],
        index: 0,
        interfaceAssociationProtocol: 'default',
      },
    ],
    longshore: { logs: [], subnet: { subnetId: 's', cidrBlock: '172.31.0.0/20', gateway: '172.31.0.1' } },
  });
  const pause = pauseBody(task, 'pause', context);
  assert.equal(pause['MacAddress'], '02:00:00:00:00:01');
  assert.deepEqual(pause.NetworkingConfig?.EndpointsConfig, {
    'longshore-172.31.0.0-20': { IPAMConfig: { IPv4Address: '172.31.0.9' }, MacAddress: '02:00:00:00:00:01' },
  });
  const held = task.containers[pauseName];
  assert.ok(held);
  const containers = { ...task.containers, [pauseName]: { ...held, id: 'p1' } };
  const made = containerBody({ ...task, containers }, wanted, context);
  assert.equal(made.HostConfig?.NetworkMode, 'container:p1');
  for (const refused of ['Hostname', 'ExposedPorts']) assert.equal(made[refused], undefined);
  for (const refused of ['ExtraHosts', 'PortBindings']) assert.equal(made.HostConfig?.[refused], undefined);
});

test('a task’s limits are a quota of its CPU, or the weights of its containers', () => {
  const payload = record(container({ cpu: 100 })).payload;
  assert.deepEqual(taskLimits({ ...payload, cpu: 0.25, memory: 512 }), {
    cpuQuotaUs: 25_000,
    cpuPeriodUs: 100_000,
    memoryBytes: 512 * 1024 * 1024,
  });
  assert.deepEqual(taskLimits({ ...payload, containers: [container({ cpu: 100 }), container({ cpu: 0 })] }), {
    cpuShares: 102,
  });
});

test('names on the engine', () => {
  assert.equal(dockerNameOf(record(container()).payload, 'my_app', 'ff'), 'ecs-web-7-myapp-ff');
  assert.equal(networkNameOf('172.31.0.0/20'), 'longshore-172.31.0.0-20');
  assert.equal(bridgeNameOf('172.31.0.0/20'), 'ls-ac1f0000-20');
  assert.ok(bridgeNameOf('255.255.255.255/32').length <= 15, 'the kernel takes no longer names');
  assert.equal(cgroupParentOf(arn, 'cgroupfs'), '/ecs/0123456789abcdef0123456789abcdef');
});

test('the image of Fluentd runs as root, and a routed container is told where it is, whatever the definition says', () => {
  const router = container({ name: 'router', firelensConfiguration: { type: 'fluentd', options: {} } });
  const hostConfig = '{"LogConfig":{"Type":"awsfirelens","Config":{}}}';
  const app = container({
    environment: { FLUENT_HOST: 'elsewhere' },
    dockerConfig: { version: '1.18', config: '{}', hostConfig },
  });
  const task = record(router, { networkMode: 'awsvpc', containers: [router, app] });
  const inside = { ...context, firelensDirectory: '/d' };
  assert.ok(containerBody(task, router, inside).Env?.includes('FLUENT_UID=0'));
  assert.ok(containerBody(task, app, inside).Env?.includes('FLUENT_HOST=127.0.0.1'));
});
