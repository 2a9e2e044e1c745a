/** The two websocket endpoints of the agent protocol: who may open a session, and what a refusal looks like. */
import { readyInterfacesParameter } from '../../../agent/contract.ts';
import type { OperationContext } from '../../../aws/operation.ts';
import type { SocketEndpoint } from '../../../aws/service.ts';
import type { HttpRequest, HttpResponse } from '../../../world/net.ts';
import type { EcsParts } from '../parts.ts';
import { type ContainerInstanceRecord, containerInstances } from '../tables.ts';
import type { OpenedSession } from './agent-sessions.ts';

/** What DiscoverPollEndpoint gives as paths; the agent appends `/ws`. */
export const acsPath = '/_acs';
export const tcsPath = '/_tcs';

/** By path, for the service's manifest. */
export const agentSockets: Readonly<Record<string, SocketEndpoint<EcsParts>>> = {
  [`${acsPath}/ws`]: async (request, query, context) => {
    const opened = verify(request, query, 'containerInstanceArn', context);
    if ('status' in opened) return opened;
    const { store, parts } = context;
    const present = parts.agents.addressOf(opened.instance.arn);
    if (present !== undefined && present !== opened.remoteAddress) {
      // An instance's keys in use from two places are stolen, or the older agent is dead and will be dropped within a
      // minute: its successor comes back until then. AWS would serve both, and give both the credentials of every task.
      parts.log.warn('second agent session refused', {
        instance: opened.instance.arn,
        address: opened.remoteAddress,
        present,
      });
      return refuse(403, 'AccessDeniedException', 'Another session of this container instance is open.');
    }
    return (socket) => void parts.agents.openAcs(store, socket, opened);
  },
  [`${tcsPath}/ws`]: async (request, query, context) => {
    const opened = verify(request, query, 'containerInstance', context);
    if ('status' in opened) return opened;
    return (socket) => context.parts.agents.openTcs(context.store, socket, opened);
  },
};

function verify(
  request: HttpRequest,
  query: ReadonlyMap<string, string>,
  parameter: string,
  { call, store }: OperationContext<EcsParts>,
): OpenedSession | HttpResponse {
  const arn = query.get(parameter);
  const instance = arn === undefined ? undefined : store.view((reader) => reader.get(containerInstances, arn));
  if (!instance || instance.accountId !== call.accountId || instance.region !== call.region) {
    return refuse(400, 'InvalidInstanceException', 'Container instance not found.');
  }
  if (instance.registeredBy !== call.principal.arn) {
    return refuse(
      403,
      'AccessDeniedException',
      'Only the principal that registered a container instance may serve it.',
    );
  }
  if (instance.status === 'INACTIVE') {
    return refuse(400, 'InactiveInstanceException', 'The container instance is not active.');
  }
  return {
    instance,
    remoteAddress: request.remoteAddress,
    endpoint: call.endpoint,
    versionInfo: versionInfo(query),
    readyInterfaces: readyInterfaces(query),
  };
}

/** The body that the agent reads as a typed error: an object whose only member is named after the type. */
function refuse(status: number, type: string, message: string): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ [type]: message }) };
}

/** What our own agent asks for. More than it could ever use are not kept from others. */
function readyInterfaces(query: ReadonlyMap<string, string>): number {
  const wanted = Number(query.get(readyInterfacesParameter) ?? 0);
  return Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, mostReadyInterfaces) : 0;
}

const mostReadyInterfaces = 64;

/** Agents tell their versions here and not when they register. */
function versionInfo(query: ReadonlyMap<string, string>): ContainerInstanceRecord['versionInfo'] | undefined {
  const agentVersion = query.get('agentVersion');
  const agentHash = query.get('agentHash');
  const dockerVersion = query.get('dockerVersion');
  if (agentVersion === undefined && agentHash === undefined && dockerVersion === undefined) return undefined;
  return {
    ...(agentVersion === undefined ? {} : { agentVersion }),
    ...(agentHash === undefined ? {} : { agentHash }),
    ...(dockerVersion === undefined ? {} : { dockerVersion }),
  };
}
