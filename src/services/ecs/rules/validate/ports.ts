import { limits } from '../limits.ts';
import { client, notOneOf, outOfRange, type Refusal } from '../refusal.ts';
import type { ContainerInput, PortMappingInput, TaskDefinitionInput } from '../task-definition-input.ts';

/** What is wrong with the port mappings of one container in the definition's network mode. */
export function* portRefusals(container: ContainerInput, definition: TaskDefinitionInput): Generator<Refusal> {
  const mappings = container.portMappings ?? [];
  const networkMode = definition.networkMode ?? 'bridge';
  if (networkMode === 'none' && mappings.length > 0) {
    yield client('Port mappings are not supported when networkMode=none.');
  }
  if (mappings.filter((mapping) => mapping.containerPortRange !== undefined).length > limits.portRangesPerContainer) {
    yield client(`A container can have at most ${limits.portRangesPerContainer} container port ranges.`);
  }
  for (const mapping of mappings) yield* mappingRefusals(mapping, networkMode);
  yield* overlapRefusals(container, mappings);
}

/** Two containers of a task cannot have the same port of their common host (or of their common interface). */
export function* hostPortRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  const taken = new Set<string>();
  const names = new Set<string>();
  const fixed = definition.networkMode === 'awsvpc' || definition.networkMode === 'host';
  for (const container of definition.containerDefinitions) {
    for (const mapping of container.portMappings ?? []) {
      if (mapping.name !== undefined && names.has(mapping.name)) {
        yield client(`The port mapping name '${mapping.name}' is used more than once in the task definition.`);
      }
      if (mapping.name !== undefined) names.add(mapping.name);
      const port = mapping.hostPort || (fixed ? mapping.containerPort : undefined);
      if (port === undefined) continue;
      const key = `${port}/${protocolOf(mapping)}`;
      if (taken.has(key)) yield client(`The host port ${key} is used more than once in the task definition.`);
      taken.add(key);
    }
  }
}

/** AWS treats whatever is not `udp` as `tcp`. */
export function protocolOf(mapping: PortMappingInput): 'tcp' | 'udp' {
  return mapping.protocol === 'udp' ? 'udp' : 'tcp';
}

/** First and last port of `a-b`; undefined when it is no range. */
export function parsePortRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const parts = /^([0-9]{1,5})-([0-9]{1,5})$/.exec(text);
  if (!parts) return undefined;
  const first = Number(parts[1]);
  const last = Number(parts[2]);
  return first >= limits.port.min && last <= limits.port.max && first < last ? { first, last } : undefined;
}

function* mappingRefusals(mapping: PortMappingInput, networkMode: string): Generator<Refusal> {
  const { containerPort, hostPort, containerPortRange, name } = mapping;
  yield* outOfRange('containerPort', containerPort, limits.port);
  yield* outOfRange('hostPort', hostPort, limits.hostPort);
  yield* notOneOf('appProtocol', mapping.appProtocol, ['http', 'http2', 'grpc']);
  if (name !== undefined && !/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(name)) {
    yield client(
      `The port mapping name '${name}' is not valid. It can have up to 64 lowercase letters, numbers, underscores and hyphens and can't start with a hyphen.`,
    );
  }
  if (containerPortRange === undefined) {
    if (containerPort === undefined)
      yield client('A port mapping must specify a containerPort or a containerPortRange.');
    const fixed = networkMode === 'awsvpc' || networkMode === 'host';
    if (fixed && hostPort && hostPort !== containerPort) {
      yield client(`When networkMode=${networkMode}, the host ports and container ports in port mappings must match.`);
    }
    return;
  }
  if (containerPort !== undefined || hostPort) {
    yield client('A port mapping with a containerPortRange cannot have a containerPort or a hostPort.');
  }
  if (networkMode === 'host') yield client('containerPortRange is not supported when networkMode=host.');
  if (!parsePortRange(containerPortRange)) {
    yield client(
      `The containerPortRange '${containerPortRange}' is not valid. It must be two ports between 1 and 65535, the first less than the last.`,
    );
  }
}

/**
 * One container port may have several host ports in bridge mode, and may be there for TCP and for UDP, as DNS and HTTP/3
 * need it (AWS refused that until 2020; awsdocs/amazon-ecs-developer-guide#128).
 */
function* overlapRefusals(container: ContainerInput, mappings: readonly PortMappingInput[]): Generator<Refusal> {
  for (const protocol of ['tcp', 'udp']) {
    const spans = mappings.flatMap((mapping) => {
      if (protocolOf(mapping) !== protocol) return [];
      if (mapping.containerPortRange !== undefined) return parsePortRange(mapping.containerPortRange) ?? [];
      return mapping.containerPort === undefined ? [] : { first: mapping.containerPort, last: mapping.containerPort };
    });
    const ordered = spans.toSorted((a, b) => a.first - b.first);
    for (const [index, span] of ordered.entries()) {
      const next = ordered[index + 1];
      if (!next || next.first > span.last) continue;
      const isOnePort = span.first === span.last && next.first === next.last;
      if (!isOnePort) yield client(`The ports of container '${container.name}' overlap at ${next.first}.`);
    }
  }
}
