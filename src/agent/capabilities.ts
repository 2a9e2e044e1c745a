import type { DockerInfo } from '../world/docker.ts';
import { fargatePoolAttribute } from './contract.ts';

export interface Attribute {
  readonly name: string;
  readonly value?: string;
}

/** What this agent says it can do: only what it really does. */
export function capabilityAttributes(options: {
  readonly info: DockerInfo;
  readonly fargatePool: boolean;
  readonly taskLimits: boolean;
  readonly firelens: boolean;
  readonly blockVolumes: boolean;
  readonly nvidiaDriverVersion?: string | undefined;
}): readonly Attribute[] {
  const { info } = options;
  return [
    ...remoteApiVersions.map((version) => `com.amazonaws.ecs.capability.docker-remote-api.${version}`),
    ...loggingDrivers.map((driver) => `com.amazonaws.ecs.capability.logging-driver.${driver}`),
    'com.amazonaws.ecs.capability.privileged-container',
    'com.amazonaws.ecs.capability.selinux',
    'com.amazonaws.ecs.capability.apparmor',
    'com.amazonaws.ecs.capability.task-iam-role',
    'com.amazonaws.ecs.capability.task-iam-role-network-host',
    'com.amazonaws.ecs.capability.ecr-auth',
    'ecs.capability.efs',
    'ecs.capability.efsAuth',
    'ecs.capability.env-files.s3',
    'ecs.capability.execution-role-awslogs',
    'ecs.capability.execution-role-ecr-pull',
    'ecs.capability.container-health-check',
    'ecs.capability.container-ordering',
    'ecs.capability.container-restart-policy',
    'ecs.capability.docker-plugin.local',
    'ecs.capability.network.container-port-range',
    'ecs.capability.pid-ipc-namespace-sharing',
    'ecs.capability.private-registry-authentication.secretsmanager',
    'ecs.capability.secrets.asm.bootstrap.log-driver',
    'ecs.capability.secrets.asm.environment-variables',
    'ecs.capability.secrets.ssm.bootstrap.log-driver',
    'ecs.capability.secrets.ssm.environment-variables',
    'ecs.capability.task-eni',
    ...(options.firelens
      ? [
          'com.amazonaws.ecs.capability.logging-driver.awsfirelens',
          'ecs.capability.firelens.fluentd',
          'ecs.capability.firelens.fluentbit',
          'ecs.capability.firelens.options.config.file',
          'ecs.capability.firelens.options.config.s3',
        ]
      : []),
    ...(options.blockVolumes ? ['ecs.capability.storage.ebs-task-volume-attach'] : []),
    ...(options.taskLimits ? ['ecs.capability.task-cpu-mem-limit', 'ecs.capability.increased-task-cpu-limit'] : []),
    ...(options.nvidiaDriverVersion === undefined
      ? []
      : [`ecs.capability.nvidia-driver-version.${options.nvidiaDriverVersion}`]),
    ...(options.fargatePool ? [fargatePoolAttribute] : []),
  ]
    .map((name): Attribute => ({ name }))
    .concat([
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.os-family', value: 'LINUX' },
      { name: 'ecs.cpu-architecture', value: isArm(info.Architecture) ? 'arm64' : 'x86_64' },
    ]);
}

export interface Resource {
  readonly name: string;
  readonly type: 'INTEGER' | 'STRINGSET';
  readonly integerValue?: number;
  readonly stringSetValue?: readonly string[];
}

/** What tasks may be given, and the ports of the host that are spoken for. */
export function instanceResources(options: {
  readonly info: DockerInfo;
  readonly cpuUnits: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly reservedMemoryMiB: number;
  readonly cpuOvercommit: number;
}): readonly Resource[] {
  const cpu = options.cpuUnits ?? Math.floor(options.info.NCPU * 1024 * options.cpuOvercommit);
  const total = options.memoryMiB ?? Math.floor(options.info.MemTotal / (1024 * 1024));
  return [
    { name: 'CPU', type: 'INTEGER', integerValue: cpu },
    { name: 'MEMORY', type: 'INTEGER', integerValue: Math.max(0, total - options.reservedMemoryMiB) },
    { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
    { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
  ];
}

/** The versions the stock agent reports: up to 1.32, without three it never supported. */
const remoteApiVersions = Array.from({ length: 16 }, (_, index) => `1.${17 + index}`).filter(
  (version) => !['1.26', '1.27', '1.31'].includes(version),
);

const loggingDrivers = ['json-file', 'none', 'awslogs', 'syslog', 'journald', 'gelf', 'fluentd', 'splunk'] as const;

function isArm(architecture: string): boolean {
  return architecture === 'aarch64' || architecture === 'arm64';
}
