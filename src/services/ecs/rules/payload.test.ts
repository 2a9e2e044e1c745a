import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PayloadContainer, PayloadTask } from '../../../agent/contract.ts';
import { definition, taskOf } from '../agents/agent-scene.test.ts';
import type { TaskDefinitionRecord, TaskRecord } from '../tables.ts';
import { payloadTask, payloadVersion } from './payload.ts';

type Definition = TaskDefinitionRecord['definition'];
type Container = NonNullable<Definition['containerDefinitions']>[number];

describe('a payload', () => {
  it('carries the task as its agent knows tasks', () => {
    const payload = payloadOf({}, { cpu: '256', memory: '512', group: 'service:shop', availabilityZone: 'eu-west-1b' });
    assert.equal(payload.cpu, 0.25, 'in vCPU');
    assert.equal(payload.memory, 512);
    assert.equal(payload.family, 'web');
    assert.equal(payload.version, '3');
    assert.equal(payload.networkMode, 'bridge');
    assert.equal(payload.serviceName, 'shop');
    assert.equal(payload.zone, 'eu-west-1b');
    assert.deepEqual(containerOf(payload), {
      name: 'app',
      image: 'busybox',
      containerArn: `arn:aws:ecs:eu-west-1:000000000001:container/default/${taskOf(1, 'i').id}/c`,
      cpu: 10,
      memory: 64,
      essential: true,
      command: [],
      environment: { AWS_EXECUTION_ENV: 'AWS_ECS_EC2' },
      links: [],
      portMappings: [],
      mountPoints: [],
      volumesFrom: [],
      dockerConfig: { version: '1.18', config: '{}', hostConfig: '{"NetworkMode":"bridge"}' },
      dependsOn: [],
    });
  });

  it('leaves out sizes the task does not have', () => {
    const payload = payloadOf({});
    assert.ok(!('cpu' in payload) && !('memory' in payload));
  });

  it('bounds the storage of a Fargate task that asks for a size, and of no other', () => {
    const task = { launchType: 'FARGATE', ephemeralStorageGiB: 30 } as const;
    const asked = { ephemeralStorage: { sizeInGiB: 30 } };
    assert.equal(payloadOf({}, task).longshore?.ephemeralStorageGiB, undefined);
    assert.equal(payloadOf({}, task, asked).longshore?.ephemeralStorageGiB, 30);
    assert.equal(payloadOf({}, { ...task, overrides: asked }).longshore?.ephemeralStorageGiB, 30);
  });

  it('has the overrides merged in, names of the environment winning over those of the definition', () => {
    const payload = payloadOf(
      {
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
        command: ['serve'],
        memoryReservation: 32,
      },
      {
        launchType: 'FARGATE',
        overrides: {
          containerOverrides: [
            {
              name: 'app',
              command: ['migrate'],
              environment: [{ name: 'B', value: '3' }],
              cpu: 20,
              memory: 128,
              memoryReservation: 100,
            },
            { name: 'other', command: ['no'] },
          ],
        },
      },
    );
    const container = containerOf(payload);
    assert.deepEqual(container.environment, { AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE', A: '1', B: '3' });
    assert.deepEqual([container.command, container.cpu, container.memory], [['migrate'], 20, 128]);
    assert.equal(hostConfigOf(payload)['MemoryReservation'], 104_857_600);
  });

  it('wants STOPPED what is to stop', () => {
    assert.equal(payloadOf({}, { desiredStatus: 'STOPPED' }).desiredStatus, 'STOPPED');
  });

  it('gives an interface to the agent once it has its address', () => {
    const awsvpc: Partial<Definition> = { networkMode: 'awsvpc' };
    const networkInterface = {
      attachmentId: 'a-1',
      attachmentStatus: 'ATTACHING',
      subnetId: 'subnet-1',
      securityGroupIds: [],
      assignPublicIp: false,
    } as const;
    const without = payloadOf({}, { networkInterface }, awsvpc);
    assert.equal(without.elasticNetworkInterfaces, undefined);
    assert.equal(hostConfigOf(without)['NetworkMode'], undefined, 'the agent chooses');
    const ready = {
      ...networkInterface,
      networkInterfaceId: 'eni-1',
      macAddress: '02:00:00:00:00:01',
      privateIpv4Address: '172.31.0.9',
      privateDnsName: 'ip-172-31-0-9.ec2.internal',
    };
    const payload = payloadOf({}, { networkInterface: ready }, awsvpc);
    assert.deepEqual(payload.elasticNetworkInterfaces, [
      {
        attachmentArn: 'arn:aws:ecs:eu-west-1:000000000001:attachment/a-1',
        ec2Id: 'eni-1',
        macAddress: '02:00:00:00:00:01',
        ipv4Addresses: [{ privateAddress: '172.31.0.9', primary: true }],
        subnetGatewayIpv4Address: '172.31.0.1/20',
        privateDnsName: 'ip-172-31-0-9.ec2.internal',
        domainNameServers: [],
        index: 0,
        interfaceAssociationProtocol: 'default',
      },
    ]);
    assert.deepEqual(payload.longshore?.subnet, subnet);
  });

  it('has volumes with Docker volume defaults filled in', () => {
    const volumes = [
      { name: 'host', host: { sourcePath: '/srv' } },
      { name: 'scratch' },
      { name: 'shared', dockerVolumeConfiguration: { scope: 'shared' as const, autoprovision: true, driver: 'nfs' } },
    ];
    assert.deepEqual(payloadOf({}, {}, { volumes }).volumes, [
      { name: 'host', type: 'host', host: { sourcePath: '/srv' } },
      { name: 'scratch', type: 'host', host: {} },
      {
        name: 'shared',
        type: 'docker',
        dockerVolumeConfiguration: { scope: 'shared', autoprovision: true, driver: 'nfs', driverOpts: {}, labels: {} },
      },
    ]);
  });

  it('carries ports, mounts, order, restarts and times', () => {
    const container = containerOf(
      payloadOf({
        portMappings: [{ containerPort: 80 }, { containerPortRange: '90-95', protocol: 'udp' }],
        mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
        volumesFrom: [{ sourceContainer: 'x', readOnly: true }],
        dependsOn: [{ containerName: 'x', condition: 'HEALTHY' }],
        restartPolicy: { enabled: true },
        startTimeout: 10,
        stopTimeout: 20,
        entryPoint: ['/bin/sh'],
        links: ['x:y'],
      }),
    );
    assert.deepEqual(container.portMappings, [
      { containerPort: 80, protocol: 'tcp' },
      { containerPortRange: '90-95', protocol: 'udp' },
    ]);
    assert.deepEqual(container.mountPoints, [{ sourceVolume: 'v', containerPath: '/v', readOnly: false }]);
    assert.deepEqual(container.volumesFrom, [{ sourceContainer: 'x', readOnly: true }]);
    assert.deepEqual(container.dependsOn, [{ containerName: 'x', condition: 'HEALTHY' }]);
    assert.deepEqual(container.restartPolicy, { enabled: true, ignoredExitCodes: [], restartAttemptPeriod: 300 });
    assert.deepEqual([container.startTimeout, container.stopTimeout], [10, 20]);
    assert.deepEqual([container.entryPoint, container.links], [['/bin/sh'], ['x:y']]);
  });
});

describe('engine settings', () => {
  const mib = 1024 * 1024;
  /** A container definition, and what must be in the two texts. */
  const cases: readonly (readonly [Partial<Container>, Record<string, unknown>, Record<string, unknown>, string?])[] = [
    [
      { user: '1000:1000', hostname: 'h', workingDirectory: '/w', interactive: true, pseudoTerminal: true },
      { User: '1000:1000', Hostname: 'h', WorkingDir: '/w', OpenStdin: true, Tty: true },
      {},
    ],
    [{ disableNetworking: true, dockerLabels: { a: 'b' } }, { NetworkDisabled: true, Labels: { a: 'b' } }, {}],
    [
      { healthCheck: { command: ['CMD-SHELL', 'true'], interval: 7, timeout: 3, retries: 2 } },
      { Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 7e9, Timeout: 3e9, StartPeriod: 0, Retries: 2 } },
      {},
      '1.24',
    ],
    [
      { healthCheck: { command: ['CMD', 'true'], startPeriod: 60 } },
      { Healthcheck: { Test: ['CMD', 'true'], Interval: 30e9, Timeout: 5e9, StartPeriod: 60e9, Retries: 3 } },
      {},
      '1.29',
    ],
    [{ privileged: true, readonlyRootFilesystem: true }, {}, { Privileged: true, ReadonlyRootfs: true }],
    [
      {
        dnsServers: ['1.1.1.1'],
        dnsSearchDomains: ['lan'],
        extraHosts: [{ hostname: 'db', ipAddress: '10.0.0.1' }],
        dockerSecurityOptions: ['no-new-privileges'],
      },
      {},
      { Dns: ['1.1.1.1'], DnsSearch: ['lan'], ExtraHosts: ['db:10.0.0.1'], SecurityOpt: ['no-new-privileges'] },
    ],
    [
      { ulimits: [{ name: 'nofile', softLimit: 10, hardLimit: 20 }] },
      {},
      { Ulimits: [{ Name: 'nofile', Soft: 10, Hard: 20 }] },
    ],
    [
      { systemControls: [{ namespace: 'net.core.somaxconn', value: '9' }] },
      {},
      { Sysctls: { 'net.core.somaxconn': '9' } },
      '1.24',
    ],
    [
      { linuxParameters: { capabilities: { add: ['SYS_PTRACE'], drop: ['ALL'] }, initProcessEnabled: true } },
      {},
      { CapAdd: ['SYS_PTRACE'], CapDrop: ['ALL'], Init: true },
      '1.25',
    ],
    [
      {
        linuxParameters: {
          sharedMemorySize: 64,
          tmpfs: [
            { containerPath: '/t', size: 16, mountOptions: ['noexec', 'rw'] },
            { containerPath: '/u', size: 1 },
          ],
        },
      },
      {},
      { ShmSize: 64 * mib, Tmpfs: { '/t': 'noexec,rw,size=16m', '/u': 'size=1m' } },
      '1.22',
    ],
    [
      {
        linuxParameters: {
          devices: [
            { hostPath: '/dev/a' },
            { hostPath: '/dev/b', containerPath: '/dev/c', permissions: ['write', 'read'] },
          ],
        },
      },
      {},
      {
        Devices: [
          { PathOnHost: '/dev/a', PathInContainer: '/dev/a', CgroupPermissions: 'rwm' },
          { PathOnHost: '/dev/b', PathInContainer: '/dev/c', CgroupPermissions: 'rw' },
        ],
      },
    ],
    [{ memory: 100, linuxParameters: { maxSwap: 50 } }, {}, { MemorySwap: 150 * mib, MemorySwappiness: 60 }],
    [
      { memory: 100, linuxParameters: { maxSwap: 50, swappiness: 0 } },
      {},
      { MemorySwap: 150 * mib, MemorySwappiness: 0 },
    ],
    [{ memory: 100, linuxParameters: { maxSwap: 0, swappiness: 10 } }, {}, { MemorySwap: 100 * mib }],
    [{ memory: 100, linuxParameters: { swappiness: 10 } }, {}, {}],
    [
      { logConfiguration: { logDriver: 'syslog', options: { 'syslog-address': 'udp://1.2.3.4' } } },
      {},
      { LogConfig: { Type: 'syslog', Config: { 'syslog-address': 'udp://1.2.3.4' } } },
    ],
  ];
  for (const [container, config, hostConfig, version = '1.18'] of cases) {
    it(`of ${JSON.stringify(container)}`, () => {
      const payload = payloadOf(container);
      assert.deepEqual(JSON.parse(containerOf(payload).dockerConfig.config), config);
      assert.deepEqual(hostConfigOf(payload), { NetworkMode: 'bridge', ...hostConfig });
      assert.equal(containerOf(payload).dockerConfig.version, version);
      assert.equal(containerOf(payload).healthCheckType, container.healthCheck ? 'docker' : undefined);
    });
  }

  it('leave the limit of open files to the engine on Fargate too, unless the definition sets it', () => {
    const fargate: Partial<TaskRecord> = { launchType: 'FARGATE' };
    assert.equal(hostConfigOf(payloadOf({}, fargate))['Ulimits'], undefined);
    const own = payloadOf({ ulimits: [{ name: 'nofile', softLimit: 5, hardLimit: 6 }] }, fargate);
    assert.deepEqual(hostConfigOf(own)['Ulimits'], [{ Name: 'nofile', Soft: 5, Hard: 6 }]);
  });
});

describe('secrets', () => {
  const secrets = ['/a/b', 'b', 'arn:aws:ssm:eu-west-1:1:parameter/a/b', 'arn:aws:ssm:eu-west-1:1:parameter/b'];
  const names = (speaksLongshore: boolean) =>
    containerOf(
      payloadOf({ secrets: secrets.map((valueFrom) => ({ name: 'S', valueFrom })) }, {}, {}, speaksLongshore),
    ).secrets?.map(({ valueFrom }) => valueFrom);

  it('of Parameter Store are told to stock agents by name, as they look for the answer by it', () => {
    assert.deepEqual(names(false), ['/a/b', 'b', '/a/b', 'b']);
    assert.deepEqual(names(true), secrets);
  });
});

describe('logs of awslogs', () => {
  const { id } = taskOf(1, 'i');
  const awslogs = (options: Record<string, string>): Partial<Container> => ({
    logConfiguration: { logDriver: 'awslogs', options },
  });

  it('are shipped by our agent, which is given the options as the definition has them', () => {
    const options = {
      'awslogs-group': 'g',
      'awslogs-region': 'us-east-1',
      'awslogs-stream-prefix': 'p',
      'awslogs-create-group': 'true',
    };
    const payload = payloadOf(awslogs(options));
    assert.deepEqual(payload.longshore?.logs, ['app']);
    assert.deepEqual(hostConfigOf(payload)['LogConfig'], { Type: 'awslogs', Config: options });
  });

  it('go by the account’s mode where the definition names none', () => {
    const modeOf = (options: Record<string, string>, isOurs: boolean): unknown => {
      const payload = payloadOf(
        awslogs({ 'awslogs-group': 'g', ...options }),
        {},
        {},
        isOurs,
        undefined,
        undefined,
        'non-blocking',
      );
      return (hostConfigOf(payload)['LogConfig'] as { Config: Record<string, string> }).Config['mode'];
    };
    for (const isOurs of [true, false]) {
      assert.equal(modeOf({}, isOurs), 'non-blocking');
      assert.equal(modeOf({ mode: 'blocking' }, isOurs), 'blocking');
    }
  });

  it("are Docker's own driver's with the stock agent, which is given the stream and not the prefix", () => {
    const payload = payloadOf(awslogs({ 'awslogs-group': 'g', 'awslogs-stream-prefix': 'p' }), {}, {}, false);
    assert.equal(payload.longshore, undefined);
    assert.deepEqual(hostConfigOf(payload)['LogConfig'], {
      Type: 'awslogs',
      Config: {
        'awslogs-region': 'eu-west-1',
        'awslogs-endpoint': 'http://127.0.0.1:4566',
        'awslogs-group': 'g',
        'awslogs-stream': `p/app/${id}`,
      },
    });
    assert.equal(containerOf(payload).dockerConfig.version, '1.19');
  });

  it('of a stock agent go to the address by which it reached us, and its containers are told of one they can reach', () => {
    const sent = (endpoint: string, tags: TaskRecord['tags'] = []): readonly unknown[] => {
      const payload = payloadOf(awslogs({ 'awslogs-group': 'g' }), { tags }, {}, false, endpoint);
      const { Config } = hostConfigOf(payload)['LogConfig'] as { Config: Record<string, string> };
      return [Config['awslogs-endpoint'], containerOf(payload).environment['AWS_ENDPOINT_URL']];
    };
    assert.deepEqual(sent('http://10.0.0.5:4566'), ['http://10.0.0.5:4566', 'http://10.0.0.5:4566']);
    assert.deepEqual(sent('http://127.0.0.1:4566'), ['http://127.0.0.1:4566', undefined]);
    const none = { key: 'longshore:endpoint', value: 'none' };
    assert.deepEqual(sent('http://10.0.0.5:4566', [none]), [undefined, undefined]);
    const app = containerOf(payloadOf({}, {}, {}, true, 'http://10.0.0.5:4566'));
    assert.equal(app.environment['AWS_ENDPOINT_URL'], undefined, 'our agent tells its containers itself');
  });
});

describe('an image of ECR', () => {
  const image = '000000000000.dkr.ecr.us-east-1.amazonaws.com/app:v1';
  const sent = (speaksLongshore: boolean): PayloadContainer => {
    const containers = taskOf(1, 'i').containers.map((container) => ({ ...container, image }));
    return containerOf(payloadOf({}, { containers }, {}, speaksLongshore, 'http://127.0.0.1:4566', 'localhost:4566'));
  };

  it('is named for a stock agent as its engine can pull it', () => {
    const { image: asked, registryAuthentication } = sent(false);
    assert.equal(asked, 'localhost:4566/app:v1');
    assert.equal(registryAuthentication?.type, 'ecr');
  });

  it('keeps its name for our own agent, which knows where it is', () => {
    const { image: asked, registryAuthentication } = sent(true);
    assert.deepEqual([asked, registryAuthentication], [image, undefined]);
  });
});

describe('the version of a payload', () => {
  it('changes exactly when the payload does', () => {
    const states = fc.record({
      desiredStatus: fc.constantFrom('RUNNING' as const, 'STOPPED' as const),
      lastStatus: fc.constantFrom('PENDING' as const, 'RUNNING' as const, 'STOPPING' as const),
      healthStatus: fc.constantFrom('HEALTHY' as const, 'UNKNOWN' as const),
      version: fc.nat(9),
      networkInterface: fc.constantFrom(...[1, 2].map(networkInterfaceNumber)),
    });
    fc.assert(
      fc.property(states, states, (a, b) => {
        const [one, other] = [taskOf(1, 'i', a), taskOf(1, 'i', b)];
        const sameText = JSON.stringify(payloadOfTask(one)) === JSON.stringify(payloadOfTask(other));
        assert.equal(payloadVersion(one) === payloadVersion(other), sameText);
      }),
    );
  });
});

const subnet = { subnetId: 'subnet-1', cidrBlock: '172.31.0.0/20', gateway: '172.31.0.1' };

function networkInterfaceNumber(n: number): NonNullable<TaskRecord['networkInterface']> {
  return {
    attachmentId: 'a',
    attachmentStatus: 'ATTACHED',
    subnetId: 'subnet-1',
    securityGroupIds: [],
    assignPublicIp: false,
    networkInterfaceId: `eni-${n}`,
    macAddress: `02:00:00:00:00:0${n}`,
    privateIpv4Address: `172.31.0.${n}`,
  };
}

function payloadOf(
  container: Partial<Container>,
  task: Partial<TaskRecord> = {},
  rest: Partial<Definition> = {},
  speaksLongshore = true,
  endpoint = 'http://127.0.0.1:4566',
  registryHost?: string,
  logDriverMode?: string,
): PayloadTask {
  const [app] = definition.definition.containerDefinitions ?? [];
  const containerDefinitions = [{ ...app, ...container }];
  return payloadTask({
    task: taskOf(1, 'i', task),
    definition: { ...definition, definition: { ...definition.definition, ...rest, containerDefinitions } },
    speaksLongshore,
    endpoint,
    ...(registryHost === undefined ? {} : { registryHost }),
    ...(logDriverMode === undefined ? {} : { logDriverMode }),
    ...(task.networkInterface ? { subnet } : {}),
  });
}

function payloadOfTask(task: TaskRecord): PayloadTask {
  return payloadTask({ task, definition, speaksLongshore: true, subnet });
}

function containerOf(payload: PayloadTask): PayloadContainer {
  const [container] = payload.containers;
  assert(container);
  return container;
}

function hostConfigOf(payload: PayloadTask): Record<string, unknown> {
  return JSON.parse(containerOf(payload).dockerConfig.hostConfig) as Record<string, unknown>;
}
