import type { ContainerInspect, Docker } from '../../world/docker.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../world/net.ts';
import type { Clock } from '../../world/world.ts';
import type { Backend, RoleCredentials } from '../contract.ts';
import { addressOf } from '../docker-config.ts';
import type { TaskRecord } from '../state.ts';
import type { StorageUsage } from '../volumes/task-storage.ts';
import { findByEndpointId, type FoundContainer } from './addresses.ts';
import { json, unknownId } from './answers.ts';
import { answerAssociations } from './associations.ts';
import { containerMetadata, type MetadataVersion } from './container-metadata.ts';
import { answerCredentials } from './credentials.ts';
import { answerFault } from './faults.ts';
import { createRateLimit } from './rate-limit.ts';
import { createStatsReader } from './stats.ts';
import { type Tags, taskMetadata } from './task-metadata.ts';
import { answerTaskProtection, unknownTask } from './task-protection.ts';

export interface HandlerParts {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly backend: Backend;
  readonly tasks: () => readonly TaskRecord[];
  readonly credentials: (credentialsId: string) => RoleCredentials | undefined;
  /** The container instance, once it is registered. */
  readonly containerInstanceArn: () => string | undefined;
  /** How full the ephemeral storage of a task is, where it has a bound. */
  readonly storageUsage: (task: TaskRecord) => Promise<StorageUsage | undefined>;
}

/** What one agent answers to its own containers. Ids of other agents' containers are unknown here; see peers.ts. */
export function createTaskEndpointHandler(parts: HandlerParts): (request: HttpRequest) => Promise<HttpResponse> {
  const stats = createStatsReader(parts.docker, parts.clock);

  const inspect = async (task: TaskRecord, name: string): Promise<ContainerInspect | undefined> => {
    const id = task.containers[name]?.id;
    return id === undefined ? undefined : parts.docker.inspectContainer(id);
  };

  async function taskAnswer(task: TaskRecord, version: MetadataVersion, withTags: boolean): Promise<HttpResponse> {
    const names = task.payload.containers.map(({ name }) => name);
    const [seen, tags, storage] = await Promise.all([
      Promise.all(names.map(async (name) => [name, await inspect(task, name)] as const)),
      withTags ? readTags(task, parts) : undefined,
      version === 4 ? parts.storageUsage(task) : undefined,
    ]);
    const known = new Map(seen.flatMap(([name, container]) => (container ? [[name, container] as const] : [])));
    return json(200, taskMetadata(task, known, version, parts.clock.now(), tags, storage));
  }

  async function containerAnswer({ task, container }: FoundContainer, version: MetadataVersion): Promise<HttpResponse> {
    return json(200, containerMetadata(task, container, await inspect(task, container.name), version));
  }

  async function containerStats(containerId: string | undefined, version: MetadataVersion): Promise<HttpResponse> {
    const found = containerId === undefined ? undefined : await stats.read(containerId, version === 4);
    return found
      ? json(200, found)
      : json(version === 2 ? 400 : 500, `Unable to get container stats for: ${containerId}`);
  }

  async function taskStats(task: TaskRecord, version: MetadataVersion): Promise<HttpResponse> {
    const ids = task.payload.containers.flatMap(({ name }) => task.containers[name]?.id ?? []);
    const entries = await Promise.all(ids.map(async (id) => [id, (await stats.read(id, version === 4)) ?? null]));
    return json(200, Object.fromEntries(entries));
  }

  async function metadata(version: 3 | 4, found: FoundContainer, rest: string): Promise<HttpResponse> {
    const { task, container } = found;
    switch (rest) {
      case '':
        return containerAnswer(found, version);
      case '/task':
        return taskAnswer(task, version, false);
      case '/taskWithTags':
        return taskAnswer(task, version, true);
      case '/stats':
        return containerStats(task.containers[container.name]?.id, version);
      case '/task/stats':
        return taskStats(task, version);
    }
    return answerAssociations(version, found, rest) ?? notFound();
  }

  /** Version 2 knows the caller by its address, which only tasks with an interface of their own have. */
  async function metadataByAddress(request: HttpRequest, rest: string): Promise<HttpResponse> {
    const task = parts
      .tasks()
      .find(({ payload, stoppedAt }) => stoppedAt === undefined && addressOf(payload) === request.remoteAddress);
    if (!task) {
      const message = `Unable to get task arn from request: unable to associate '${request.remoteAddress}' with a task`;
      return unknownId(json(400, message));
    }
    const [, kind = '', containerId] = /^\/(metadata|metadataWithTags|stats)(?:\/([0-9a-f]+))?\/?$/.exec(rest) ?? [];
    if (kind === '') return notFound();
    if (kind === 'stats') return containerId === undefined ? taskStats(task, 2) : containerStats(containerId, 2);
    if (containerId === undefined) return taskAnswer(task, 2, kind === 'metadataWithTags');
    const container = task.payload.containers.find(({ name }) => task.containers[name]?.id === containerId);
    if (!container) return json(400, `Unable to generate metadata for container '${containerId}'`);
    return containerAnswer({ task, container }, 2);
  }

  return async (request) => {
    const [path = '', query = ''] = request.target.split('?');
    const credentialsPath = /^\/v2\/credentials(?:\/([^/]*))?\/?$/.exec(path);
    if (credentialsPath) return answerCredentials(2, credentialsPath[1] ?? '', parts.credentials);
    if (path === '/v1/credentials') {
      return answerCredentials(1, /(?:^|&)id=([^&]*)/.exec(query)?.[1] ?? '', parts.credentials);
    }
    if (path.startsWith('/v2/')) return metadataByAddress(request, path.slice('/v2'.length));

    const [, prefix = '', endpointId = '', rest = ''] = /^\/(v3|v4|api)\/([0-9a-f-]+)(\/.*)?$/.exec(path) ?? [];
    if (prefix === '') return notFound();
    const found = findByEndpointId(parts.tasks(), endpointId);
    if (!found) return unknownId(unknownEndpoint(prefix, endpointId, rest));
    if (prefix !== 'api') {
      const isAssociation = rest.startsWith('/associations/'); // where a slash at the end asks for one without a name
      return metadata(prefix === 'v4' ? 4 : 3, found, isAssociation ? rest : rest.replace(/\/$/, ''));
    }
    if (rest === '/task-protection/v1/state') {
      return answerTaskProtection(request, found.task, { backend: parts.backend, find: parts.credentials });
    }
    return answerFault(request, found.task, rest) ?? notFound();
  };
}

/** The stock agent's word for an id that it does not know, which differs with what is asked. */
function unknownEndpoint(prefix: string, endpointId: string, rest: string): HttpResponse {
  if (prefix === 'api') return unknownTask();
  const kind = rest.startsWith('/task') ? 'task' : 'container';
  const what = rest.endsWith('/stats') ? 'stats' : 'metadata';
  const missing = kind === 'task' || what === 'stats' ? 'task arn' : 'container ID';
  const looked = missing === 'task arn' ? 'task Arn' : 'docker ID';
  const message = `${prefix.toUpperCase()} ${kind} ${what} handler: unable to get ${missing} from request: unable to get ${looked} from v3 endpoint ID: ${endpointId}`;
  return json(prefix === 'v4' ? 404 : 500, message);
}

/** What containers themselves are answered: no more often than the stock agent would. */
export function limited(clock: Clock, answer: (request: HttpRequest) => Promise<HttpResponse>): HttpHandler {
  const mayAsk = createRateLimit(clock);
  return {
    request: async (request) =>
      mayAsk(request.remoteAddress)
        ? answer(request)
        : { status: 429, headers: { 'content-type': 'text/plain' }, body: 'You have reached maximum request limit.' },
    upgrade: async () => notFound(),
  };
}

function notFound(): HttpResponse {
  return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
}

async function readTags(
  task: TaskRecord,
  parts: Pick<HandlerParts, 'backend' | 'containerInstanceArn'>,
): Promise<Tags> {
  const instance = parts.containerInstanceArn();
  const asked: readonly (readonly [name: 'TaskTags' | 'ContainerInstanceTags', arn: string])[] = [
    ...(instance === undefined ? [] : [['ContainerInstanceTags', instance] as const]),
    ['TaskTags', task.arn],
  ];
  const errors: object[] = [];
  const tags: Record<string, Readonly<Record<string, string>>> = {};
  for (const [name, resourceArn] of asked) {
    try {
      const { tags: list } = await parts.backend.call('ecs', 'ListTagsForResource', { resourceArn });
      tags[name] = Object.fromEntries(
        (Array.isArray(list) ? list : []).map(({ key, value }) => [String(key), String(value ?? '')]),
      );
    } catch (error) {
      errors.push({
        ErrorField: name,
        ErrorCode: error instanceof Error && 'code' in error ? String(error.code) : 'ServerException',
        ErrorMessage: error instanceof Error ? error.message : String(error),
        ...(error instanceof Error && 'status' in error ? { StatusCode: Number(error.status) } : {}),
        ResourceARN: resourceArn,
      });
    }
  }
  return { ...tags, ...(errors.length > 0 ? { Errors: errors } : {}) };
}
