import { limits } from '../limits.ts';
import { client, invalid, notOneOf, outOfRange, type Refusal } from '../refusal.ts';
import type { ContainerInput, TaskDefinitionInput } from '../task-definition-input.ts';

const capabilities = (
  'ALL AUDIT_CONTROL AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER ' +
  'KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW SETFCAP ' +
  'SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO ' +
  'SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM'
).split(' ');

const ulimitNames =
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' ');

const ipcControls = [
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
];

/** What is wrong with the kernel's side of one container. */
export function* linuxRefusals(container: ContainerInput, definition: TaskDefinitionInput): Generator<Refusal> {
  yield* linuxParameterRefusals(container);
  for (const { name, softLimit, hardLimit } of container.ulimits ?? []) {
    yield* notOneOf('ulimit name', name, ulimitNames);
    // -1 is "unlimited" and so the largest of all.
    const soft = softLimit === -1 ? Number.POSITIVE_INFINITY : softLimit;
    const hard = hardLimit === -1 ? Number.POSITIVE_INFINITY : hardLimit;
    if (soft > hard) yield client(`The soft limit of ulimit '${name}' must not be greater than its hard limit.`);
  }
  yield* systemControlRefusals(container, definition);
  for (const option of container.dockerSecurityOptions ?? []) {
    if (option !== 'no-new-privileges' && !/^(apparmor|label|credentialspec):./.test(option)) {
      yield client(`The docker security option '${option}' is not valid.`);
    }
  }
}

function* linuxParameterRefusals(container: ContainerInput): Generator<Refusal> {
  const parameters = container.linuxParameters;
  if (!parameters) return;
  for (const capability of [...(parameters.capabilities?.add ?? []), ...(parameters.capabilities?.drop ?? [])]) {
    yield* notOneOf('capability', capability, capabilities);
  }
  for (const device of parameters.devices ?? []) {
    if (!device.hostPath) yield client('Device.hostPath should not be null or empty.');
    for (const permission of device.permissions ?? []) {
      yield* notOneOf('device permission', permission, ['read', 'write', 'mknod']);
    }
  }
  for (const mount of parameters.tmpfs ?? []) {
    if (!mount.containerPath) yield client('Tmpfs.containerPath should not be null or empty.');
    yield* outOfRange('tmpfs size', mount.size, { min: 1, max: Number.MAX_SAFE_INTEGER });
  }
  yield* outOfRange('sharedMemorySize', parameters.sharedMemorySize, { min: 1, max: Number.MAX_SAFE_INTEGER });
  yield* outOfRange('maxSwap', parameters.maxSwap, { min: 0, max: Number.MAX_SAFE_INTEGER });
  yield* outOfRange('swappiness', parameters.swappiness, limits.swappiness);
}

function* systemControlRefusals(container: ContainerInput, definition: TaskDefinitionInput): Generator<Refusal> {
  for (const { namespace = '', value } of container.systemControls ?? []) {
    const isNetwork = namespace.startsWith('net.');
    const isIpc = ipcControls.includes(namespace) || namespace.startsWith('fs.mqueue.');
    if (!isNetwork && !isIpc) yield invalid(`The system control namespace '${namespace}' is not valid.`);
    if (!value) yield client(`The system control '${namespace}' must have a value.`);
    if (isNetwork && definition.networkMode === 'host') {
      yield client(`The system control '${namespace}' is not supported when networkMode=host.`);
    }
    if (isIpc && definition.ipcMode === 'host') {
      yield client(`The system control '${namespace}' is not supported when ipcMode=host.`);
    }
  }
}
