import type { ContainerBody } from '../../world/docker.ts';
import type { PayloadContainer, PayloadTask } from '../contract.ts';
import { agentLabel } from '../docker-config.ts';

/**
 * A container that only holds a network, made before the task it is for, on the engine's bridge or with a network
 * interface that a task may be given (interface-sandbox.ts): most of the time in which an engine starts a
 * container goes into its network, and one that joins another's network needs none of it.
 */
export interface Sandbox {
  readonly id: string;
  readonly address?: string;
}

/** Which network a sandbox has. It tells sandboxes from a task's containers, which do not carry it. */
export const sandboxLabel = 'longshore.sandbox';

/** The label of those on the engine's bridge, of which one is as good as another. */
export const bridgeKey = 'bridge';

/**
 * Whether a container finds in a sandbox on the engine's own bridge all it would have on a network of its own: it asks
 * for no ports, names, links, name servers or settings of the kernel's network, which are fixed when a network is made.
 */
export function fitsSandbox(payload: PayloadTask, wanted: PayloadContainer): boolean {
  if ((payload.networkMode ?? 'bridge') !== 'bridge') return false;
  if (wanted.portMappings.length > 0 || payload.containers.some(({ links }) => links.length > 0)) return false;
  const config = membersOf(wanted.dockerConfig.config);
  const host = membersOf(wanted.dockerConfig.hostConfig);
  const sysctls = typeof host['Sysctls'] === 'object' ? Object.keys(host['Sysctls'] ?? {}) : [];
  return (
    ownConfig.every((name) => isEmpty(config[name])) &&
    ownHostConfig.every((name) => isEmpty(host[name])) &&
    (isEmpty(host['NetworkMode']) || host['NetworkMode'] === 'bridge') &&
    !sysctls.some((name) => name.startsWith('net.'))
  );
}

/** What makes a network one's own, in the engine's words. */
const ownConfig = ['Hostname', 'Domainname', 'MacAddress', 'NetworkDisabled', 'ExposedPorts'] as const;
const ownHostConfig = [
  'PortBindings',
  'PublishAllPorts',
  'Links',
  'ExtraHosts',
  'Dns',
  'DnsSearch',
  'DnsOptions',
  'UTSMode',
] as const;

/** A sandbox on the engine's bridge. */
export function sandboxBody(agentId: string, image: string): ContainerBody {
  const body = labelledBody(agentId, image, bridgeKey);
  return { ...body, HostConfig: { ...body.HostConfig, NetworkMode: 'bridge' } };
}

/** What all have in common. Its output is nothing, so nothing keeps it. */
export function labelledBody(agentId: string, image: string, key: string): ContainerBody {
  return {
    Image: image,
    Labels: { [agentLabel]: agentId, [sandboxLabel]: key },
    HostConfig: { LogConfig: { Type: 'none', Config: {} } },
  };
}

/** The engine shows no address as an empty one. */
export function sandboxOf(id: string, address: string | undefined): Sandbox {
  return { id, ...(address ? { address } : {}) };
}

/** As the payload was accepted, this is an object. */
function membersOf(text: string): Readonly<Record<string, unknown>> {
  return text === '' ? {} : JSON.parse(text);
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === false;
}
