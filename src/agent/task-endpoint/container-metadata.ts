import type { Instant } from '../../core/instant.ts';
import type { ContainerInspect, Labels } from '../../world/docker.ts';
import type { PayloadContainer } from '../contract.ts';
import { addressOf, agentLabel } from '../docker-config.ts';
import { logConfigOf } from '../logs/shipped-output.ts';
import type { ContainerRecord, TaskRecord } from '../state.ts';

export type MetadataVersion = 2 | 3 | 4;

/** One container in the words of the task metadata endpoint (field names as the stock agent writes them). */
export function containerMetadata(
  task: TaskRecord,
  wanted: PayloadContainer,
  seen: ContainerInspect | undefined,
  version: MetadataVersion,
): Readonly<Record<string, unknown>> {
  const record = task.containers[wanted.name];
  return withoutEmpty({
    DockerId: record?.id ?? '',
    Name: wanted.name,
    DockerName: record?.dockerName ?? '',
    Image: wanted.image,
    ImageID: seen?.Image ?? '',
    Ports: version === 4 && task.payload.networkMode === 'awsvpc' ? undefined : portsOf(task, wanted, record, version),
    Labels: without(seen?.Config.Labels ?? {}, agentLabel),
    DesiredStatus: task.desiredStatus,
    KnownStatus: record ? knownStatus(record) : 'NONE',
    ExitCode: record?.exitCode,
    Limits: limitsOf(task, wanted),
    CreatedAt: seen?.Created,
    StartedAt: timeOf(record?.startedAt),
    FinishedAt: timeOf(record?.finishedAt),
    Type: 'NORMAL',
    Health: healthOf(record, seen),
    Volumes: mountsOf(seen),
    ...(version < 4 ? {} : loggingOf(task, wanted)),
    ContainerARN: version < 4 ? undefined : wanted.containerArn,
    Networks: networksOf(task, record, seen, version),
    Snapshotter: version === 4 && task.payload.launchType === 'FARGATE' ? snapshotterOf(seen) : undefined,
    RestartCount: version === 4 && wanted.restartPolicy?.enabled ? (record?.restarts ?? 0) : undefined,
  });
}

/** What the definition says, as with the stock agent: secrets are not among it, nor what makes the engine do it. */
function loggingOf(task: TaskRecord, wanted: PayloadContainer): object {
  const { Type, Config = {} } = logConfigOf(wanted) ?? {};
  const { 'awslogs-stream-prefix': _prefix, ...options } = Config;
  const stream = task.outputs?.[wanted.name]?.destination.stream;
  return { LogDriver: Type, LogOptions: withoutEmpty({ ...options, 'awslogs-stream': stream }) };
}

/** Two shares are the least that the kernel knows. Fargate's agent leaves out a size that is not there, that of EC2 does not. */
function limitsOf({ payload }: TaskRecord, { cpu, memory }: PayloadContainer): object {
  return { CPU: Math.max(2, cpu), ...(memory > 0 || payload.launchType !== 'FARGATE' ? { Memory: memory } : {}) };
}

/** What keeps the layers, in containerd's word for it, which is Fargate's. */
function snapshotterOf(seen: ContainerInspect | undefined): string | undefined {
  return seen?.GraphDriver?.Name === 'overlay2' ? 'overlayfs' : seen?.GraphDriver?.Name;
}

/** The stock agent's container statuses. */
export function knownStatus(record: ContainerRecord): string {
  if (record.phase === 'running') return 'RUNNING';
  if (record.phase === 'exited' || record.phase === 'gone') return 'STOPPED';
  if (record.phase === 'created') return 'CREATED';
  return record.hasImage ? 'PULLED' : 'NONE';
}

export function timeOf(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(instant).toISOString();
}

/** Empty members are left out, as Go's omitempty does. */
export function withoutEmpty(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => {
      if (value === undefined || value === null) return false;
      return typeof value !== 'object' || Object.keys(value).length > 0;
    }),
  );
}

function portsOf(
  task: TaskRecord,
  wanted: PayloadContainer,
  record: ContainerRecord | undefined,
  version: MetadataVersion,
): readonly object[] {
  if (task.payload.networkMode === 'awsvpc') {
    return wanted.portMappings.flatMap(({ containerPort, protocol }) =>
      containerPort === undefined ? [] : [{ ContainerPort: containerPort, Protocol: protocol }],
    );
  }
  return (record?.bindings ?? []).map((binding) =>
    withoutEmpty({
      ContainerPort: binding.containerPort,
      ContainerPortRange: binding.containerPortRange,
      Protocol: binding.protocol,
      HostPort: binding.hostPort,
      HostPortRange: binding.hostPortRange,
      HostIp: version === 4 ? binding.bindIP : undefined,
    }),
  );
}

/** Which agent made it is nothing that a container knows on AWS. */
function without(labels: Labels, name: string): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => label !== name));
}

function healthOf(record: ContainerRecord | undefined, seen: ContainerInspect | undefined): object | undefined {
  if (!record?.health) return undefined;
  const last = seen?.State.Health?.Log?.at(-1);
  return withoutEmpty({
    status: record.health.status === 'UNKNOWN' ? undefined : record.health.status,
    statusSince: timeOf(record.health.since),
    exitCode: last?.ExitCode === 0 ? undefined : last?.ExitCode,
    output: last?.Output === '' ? undefined : last?.Output,
  });
}

function mountsOf(seen: ContainerInspect | undefined): readonly object[] {
  return (seen?.Mounts ?? []).map((mount) =>
    withoutEmpty({ DockerName: mount.Name, Source: mount.Source, Destination: mount.Destination }),
  );
}

function networksOf(
  task: TaskRecord,
  record: ContainerRecord | undefined,
  seen: ContainerInspect | undefined,
  version: MetadataVersion,
): readonly object[] {
  const mode = task.payload.networkMode ?? 'bridge';
  if (mode !== 'awsvpc') {
    const own = Object.values(seen?.NetworkSettings.Networks ?? {}).map(({ IPAddress }) => IPAddress);
    const inSandbox = record?.sandbox?.address;
    // Without an address, as the host's network is, the engine says an empty one and the stock agent passes it on.
    return [{ NetworkMode: mode, IPv4Addresses: inSandbox === undefined ? own : [inSandbox] }];
  }
  const address = addressOf(task.payload);
  const card = task.payload.elasticNetworkInterfaces?.[0];
  const inVersion4 = {
    AttachmentIndex: card?.index ?? 0,
    MACAddress: card?.macAddress,
    IPv4SubnetCIDRBlock: task.payload.longshore?.subnet?.cidrBlock,
    DomainNameServers: card?.domainNameServers,
    PrivateDNSName: card?.privateDnsName,
    SubnetGatewayIpv4Address: card?.subnetGatewayIpv4Address,
  };
  return [
    withoutEmpty({
      NetworkMode: mode,
      IPv4Addresses: address === undefined ? [] : [address],
      ...(version === 4 ? inVersion4 : {}),
    }),
  ];
}
