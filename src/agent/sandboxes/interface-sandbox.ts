import type { ContainerBody } from '../../world/docker.ts';
import type { PayloadTask, ReadyInterface } from '../contract.ts';
import { addressOf, interfaceNetwork, networkNameOf } from '../docker-config.ts';
import { type ContainerRecord, pauseName, type TaskRecord } from '../state.ts';
import { labelledBody, type Sandbox } from './sandbox.ts';

/** What names one network interface and the network it is on: the value of a sandbox's label. */
export function interfaceKey({ subnet, privateIpv4Address, macAddress }: ReadyInterface): string {
  return `${networkNameOf(subnet.cidrBlock)} ${privateIpv4Address} ${macAddress}`;
}

/** The address that a sandbox of this key takes on the engine, whatever else it has. */
export function addressOfKey(key: string): string {
  return key.split(' ').slice(0, 2).join(' ');
}

/**
 * The sandbox that is a task's by right, as it has the task's interface: the control plane gives each to one task alone.
 * Nothing for a task whose pause container has to be another: it shares more than its network, or names name servers.
 */
export function interfaceKeyOf(payload: PayloadTask): string | undefined {
  const [card] = payload.elasticNetworkInterfaces ?? [];
  const subnet = payload.longshore?.subnet;
  const privateIpv4Address = addressOf(payload);
  if (payload.networkMode !== 'awsvpc' || !card || !subnet || privateIpv4Address === undefined) return undefined;
  if (payload.ipcMode === 'task' || card.domainNameServers.length > 0) return undefined;
  return interfaceKey({ ...card, privateIpv4Address, subnet });
}

/** A pause container for a task to come: that it will be of that task, its label does not say. */
export function interfaceSandboxBody(agentId: string, image: string, ready: ReadyInterface): ContainerBody {
  const { HostConfig, ...network } = interfaceNetwork({ ...ready, domainNameServers: [] }, ready.subnet.cidrBlock);
  const body = labelledBody(agentId, image, interfaceKey(ready));
  return { ...body, ...network, HostConfig: { ...body.HostConfig, ...HostConfig } };
}

/** The sandbox takes the place of the pause container that would be made. */
export function adopting(task: TaskRecord, sandbox: Sandbox, now: number): TaskRecord {
  const pause = task.containers[pauseName];
  if (pause?.phase !== 'none') return task;
  const { id, address } = sandbox;
  const running = { ...pause, id, phase: 'running', startedAt: now, sandbox } as const;
  const containers = { ...task.containers, [pauseName]: { ...running, ...(address !== undefined && { address }) } };
  return { ...task, containers };
}

/** A sandbox that ended before anything of its task ran in it is started again, like one that was only created. */
export function asNew(task: TaskRecord, seen: ContainerRecord): ContainerRecord {
  if (seen.name !== pauseName || !seen.sandbox || seen.phase !== 'exited') return seen;
  const hasBegun = task.payload.containers.some(({ name }) => task.containers[name]?.startedAt !== undefined);
  if (hasBegun) return seen;
  const { startedAt: _started, finishedAt: _finished, exitCode: _code, error: _error, ...kept } = seen;
  return { ...kept, phase: 'created' };
}
