import {
  type ContainerInspect,
  type ContainerStats,
  type ContainerSummary,
  type Docker,
  DockerError,
  type DockerEvent,
  type DockerInfo,
  type DockerVersion,
  type ImageInspect,
  type LogLine,
  type LogOptions,
  type NetworkInspect,
  type RegistryAuthorization,
} from '../docker.ts';
import { DockerConnection } from './docker-connection.ts';
import { jsonLines, logLines, untilAborted } from './docker-streams.ts';

/** A registry may be slow, but it says something now and then. */
const pullSilenceLimitMs = 300_000;
/** How much longer than its grace time a stop may take: the engine waits for the kernel to let go. */
const stopExtraMs = 120_000;

/** The engine that DOCKER_HOST names, or the machine's own. Connects with the first call, and anew when it went away. */
export function realDocker(host = process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock'): Docker {
  const engine = new DockerConnection(host);
  return {
    version: () => engine.call<DockerVersion>({ method: 'GET', path: '/version' }),
    info: () => engine.call<DockerInfo>({ method: 'GET', path: '/info' }),

    pullImage: (reference, authorization) => pullImage(engine, reference, authorization),
    inspectImage: async (reference) => {
      const image = await engine.callOrMissing<ImageInspect>({
        method: 'GET',
        path: `/images/${named(reference)}/json`,
      });
      return image && { ...image, RepoDigests: image.RepoDigests ?? [] };
    },
    importImage: (reference, tar, changes) => importImage(engine, reference, tar, changes),
    tagImage: (reference, name) => {
      const { repository, tag } = splitReference(name);
      return engine.run({
        method: 'POST',
        path: `/images/${named(reference)}/tag`,
        query: { repo: repository, tag },
      });
    },
    removeImage: (reference) => engine.run({ method: 'DELETE', path: `/images/${named(reference)}` }),

    createContainer: async (name, body) => {
      const call = { method: 'POST', path: '/containers/create', query: { name }, body } as const;
      return (await engine.call<{ readonly Id: string }>(call)).Id;
    },
    startContainer: (id) => engine.run({ method: 'POST', path: `/containers/${named(id)}/start` }),
    stopContainer: (id, timeoutSeconds) =>
      engine.run({
        method: 'POST',
        path: `/containers/${named(id)}/stop`,
        query: { t: String(timeoutSeconds) },
        limitMs: timeoutSeconds * 1000 + stopExtraMs,
      }),
    killContainer: (id, signal) =>
      engine.run({ method: 'POST', path: `/containers/${named(id)}/kill`, query: { signal } }),
    removeContainer: (id, { force, volumes }) =>
      engine.run({
        method: 'DELETE',
        path: `/containers/${named(id)}`,
        query: { force: String(force), v: String(volumes) },
      }),
    inspectContainer: (id) => inspectContainer(engine, id),
    listContainers: async (labels) => {
      const query = { all: 'true', filters: JSON.stringify({ label: labels }) };
      const found = await engine.call<ContainerSummary[]>({ method: 'GET', path: '/containers/json', query });
      return found.map((container) => ({ ...container, Labels: container.Labels ?? {} }));
    },

    events: (labels, signal) => events(engine, labels, signal),
    logs: (id, options, signal) => logs(engine, id, options, signal),
    stats: async (id) => {
      // Without one-shot (1.41) the engine waits for a second sample; older engines ignore the word.
      const query = { stream: 'false', 'one-shot': 'true' };
      return engine.call<ContainerStats>({ method: 'GET', path: `/containers/${named(id)}/stats`, query });
    },

    createNetwork: async (body) => {
      // Engines before 1.44 allow several networks of one name unless told not to.
      const call = { method: 'POST', path: '/networks/create', body: { CheckDuplicate: true, ...body } } as const;
      return (await engine.call<{ readonly Id: string }>(call)).Id;
    },
    inspectNetwork: async (idOrName) => {
      const network = await engine.callOrMissing<NetworkInspect>({
        method: 'GET',
        path: `/networks/${named(idOrName)}`,
      });
      return network && { ...network, Labels: network.Labels ?? {}, Containers: network.Containers ?? {} };
    },
    removeNetwork: (idOrName) => engine.run({ method: 'DELETE', path: `/networks/${named(idOrName)}` }),
    createVolume: (body) => engine.run({ method: 'POST', path: '/volumes/create', body }),
    inspectVolume: (name) => engine.callOrMissing({ method: 'GET', path: `/volumes/${named(name)}` }),
    removeVolume: (name) => engine.run({ method: 'DELETE', path: `/volumes/${named(name)}` }),
  };
}

/**
 * One path segment or, for an image, several: the engine takes their slashes as they are. What it would make another path
 * of (`https://…`, `../…`) is the name of nothing, and is refused in its own words for one.
 */
function named(name: string): string {
  const segments = name.split('/');
  if (segments.some((segment) => /^\.{0,2}$/.test(segment))) throw new DockerError('invalid reference format', 400);
  return segments.map(encodeURIComponent).join('/');
}

/** For streams that are always read to their end. */
const never = new AbortController().signal;

interface Progress {
  readonly status?: string;
  readonly error?: string;
}

async function pullImage(
  engine: DockerConnection,
  reference: string,
  authorization: RegistryAuthorization | undefined,
): Promise<{ readonly digest?: string }> {
  const { repository, tag } = splitReference(reference);
  const fromImage = tag.includes(':') ? `${repository}@${tag}` : `${repository}:${tag}`;
  const response = await engine.open({
    method: 'POST',
    path: '/images/create',
    query: { fromImage },
    headers: authorization ? { 'x-registry-auth': urlSafeBase64(JSON.stringify(authorization)) } : {},
    limitMs: pullSilenceLimitMs,
  });
  let digest: string | undefined;
  for await (const progress of jsonLines<Progress>(untilAborted(response, never))) {
    throwFailure(progress);
    digest = /^Digest: (sha256:[0-9a-f]{64})$/.exec(progress.status ?? '')?.[1] ?? digest;
  }
  return digest === undefined ? {} : { digest };
}

async function importImage(
  engine: DockerConnection,
  reference: string,
  tar: Uint8Array,
  changes: readonly string[],
): Promise<void> {
  const { repository, tag } = splitReference(reference);
  const query = { fromSrc: '-', repo: repository, tag, changes };
  const response = await engine.open({ method: 'POST', path: '/images/create', query, body: tar });
  for await (const progress of jsonLines<Progress>(untilAborted(response, never))) throwFailure(progress);
}

/** These calls have answered 200 by the time they fail; the failure is a line of the answer. */
function throwFailure({ error }: Progress): void {
  if (error !== undefined) throw new DockerError(error, 500);
}

/** With its padding: an engine takes what it cannot decode for no credentials at all. */
function urlSafeBase64(text: string): string {
  return Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** The tag is `latest` when none is given (the engine would pull all there are); a digest takes its place. */
function splitReference(reference: string): { readonly repository: string; readonly tag: string } {
  const digestAt = reference.indexOf('@');
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  if (digestAt >= 0) {
    const name = reference.slice(0, digestAt);
    // name:tag@digest names the digest; the tag is decoration.
    return {
      repository: colon >= 0 && colon < digestAt ? name.slice(0, colon) : name,
      tag: reference.slice(digestAt + 1),
    };
  }
  if (colon < 0) return { repository: reference, tag: 'latest' };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

async function inspectContainer(engine: DockerConnection, id: string): Promise<ContainerInspect | undefined> {
  const path = `/containers/${named(id)}/json`;
  const container = await engine.callOrMissing<ContainerInspect>({ method: 'GET', path });
  if (!container) return undefined;
  return { ...container, Config: { ...container.Config, Labels: container.Config.Labels ?? {} } };
}

async function* events(
  engine: DockerConnection,
  labels: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<DockerEvent> {
  const query = { filters: JSON.stringify({ type: ['container'], label: labels }) };
  const response = await openUntilAborted(engine, { path: '/events', query }, signal);
  if (!response) return;
  yield* jsonLines<DockerEvent>(untilAborted(response, signal));
  if (!signal.aborted) throw new DockerError('the container engine ended its events');
}

async function* logs(
  engine: DockerConnection,
  id: string,
  { follow, since }: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const path = `/containers/${named(id)}`;
  // Only newer engines say in the answer whether it is framed.
  const container = await engine.call<{ readonly Config: { readonly Tty: boolean } }>({
    method: 'GET',
    path: `${path}/json`,
  });
  const query = { stdout: 'true', stderr: 'true', timestamps: 'true', follow: String(follow), since };
  const response = await openUntilAborted(engine, { path: `${path}/logs`, query }, signal);
  if (response) yield* logLines(untilAborted(response, signal), container.Config.Tty);
}

/** A stream may be silent for ever. Undefined when it was aborted before it began. */
async function openUntilAborted(
  engine: DockerConnection,
  call: { readonly path: string; readonly query: Readonly<Record<string, string | undefined>> },
  signal: AbortSignal,
): ReturnType<typeof openStream> {
  if (signal.aborted) return undefined;
  try {
    return await openStream(engine, call, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function openStream(
  engine: DockerConnection,
  call: { readonly path: string; readonly query: Readonly<Record<string, string | undefined>> },
  signal: AbortSignal,
): Promise<Awaited<ReturnType<DockerConnection['open']>> | undefined> {
  return engine.open({ method: 'GET', ...call, limitMs: 0, signal });
}
