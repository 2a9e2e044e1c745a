import type { PayloadContainer, PayloadTask } from '../contract.ts';
import { type Firelens, forwardPort, ownConfigInside } from './firelens.ts';
import { taskIdOf } from '../state.ts';

/**
 * The router's configuration, section by section as the stock agent generates it: the socket and port it listens on,
 * filters of each container's output, the task's names for every record, the user's own file, each container's output.
 * Throws where a container's options do not say which output they are of.
 *
 * Differs from AWS: Fluent Bit reads no AWS_ENDPOINT_URL, so its outputs to services that are here are told `endpointUrl`
 * where a container's options name no endpoint of their own.
 */
export function firelensConfig(payload: PayloadTask, firelens: Firelens, endpointUrl?: string): string {
  const sections = firelens.type === 'fluentd' ? fluentd(payload, firelens) : fluentBit(payload, firelens, endpointUrl);
  return `\n${sections.join('\n\n')}\n`;
}

/** What the router does with one container's output, from its log options. */
interface Route {
  readonly tag: string;
  readonly include: string | undefined;
  readonly exclude: string | undefined;
  readonly output: string | undefined;
  readonly options: readonly (readonly [name: string, value: string])[];
}

/** Options that are for the agent or the filters and not for the output. */
const own = ['include-pattern', 'exclude-pattern', 'log-driver-buffer-limit'];

function routes({ type, routed }: Firelens): readonly Route[] {
  const outputKey = type === 'fluentd' ? '@type' : 'Name';
  return routed.map(({ name, options }) => {
    const given = Object.entries(options).filter(([key]) => key !== outputKey && !own.includes(key));
    const output = options[outputKey];
    if (output === undefined && given.length > 0) {
      throw new Error(
        `unable to apply log options of container ${name} to firelens config: missing output key ${outputKey} which is required for firelens configuration of type ${type}`,
      );
    }
    return {
      tag: `${name}-firelens`,
      include: options['include-pattern'],
      exclude: options['exclude-pattern'],
      output,
      options: given.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    };
  });
}

/** The task's names, unless the router's options say that records go without. */
function metadata(payload: PayloadTask, { options }: Firelens): readonly (readonly [name: string, value: string])[] {
  if (options['enable-ecs-log-metadata'] === 'false') return [];
  return [
    ['ecs_cluster', taskIdOf(payload.taskClusterArn)],
    ['ecs_task_arn', payload.arn],
    ['ecs_task_definition', `${payload.family}:${payload.version}`],
  ];
}

/** In a network of its own only the task can reach the router; on the engine's bridge its neighbours have to. */
function listenAddress(payload: PayloadTask): string | undefined {
  const mode = payload.networkMode ?? 'bridge';
  if (mode === 'awsvpc') return '127.0.0.1';
  return mode === 'bridge' ? '0.0.0.0' : undefined;
}

/** What it keeps in memory is half of what it is to have: the soft limit, or else the hard one. */
function memoryMiBOf({ dockerConfig, memory }: PayloadContainer): number {
  const settings: { readonly MemoryReservation?: number } =
    dockerConfig.hostConfig === '' ? {} : JSON.parse(dockerConfig.hostConfig);
  const reservedMiB = Math.floor((settings.MemoryReservation ?? 0) / 1024 ** 2);
  return reservedMiB > 0 ? reservedMiB : memory;
}

function fluentBit(payload: PayloadTask, firelens: Firelens, endpointUrl: string | undefined): readonly string[] {
  const memory = memoryMiBOf(firelens.router);
  const address = listenAddress(payload);
  const names = metadata(payload, firelens);
  const file = ownConfigInside(firelens);
  const outputs = routes(firelens);
  return [
    section('[INPUT]', [
      ['Name', 'forward'],
      ['Mem_Buf_Limit', `${memory > 0 ? Math.floor(memory / 2) : defaultBufferMiB}MB`],
      ['unix_path', socketPath],
    ]),
    ...(address === undefined
      ? []
      : [
          section('[INPUT]', [
            ['Name', 'forward'],
            ['Listen', address],
            ['Port', forwardPort],
          ]),
          section('[INPUT]', [
            ['Name', 'tcp'],
            ['Tag', healthTag],
            ['Listen', '127.0.0.1'],
            ['Port', '8877'],
          ]),
        ]),
    ...outputs.flatMap(({ tag, include, exclude }) => [
      ...(include === undefined ? [] : [grep(tag, 'Regex', include)]),
      ...(exclude === undefined ? [] : [grep(tag, 'Exclude', exclude)]),
    ]),
    ...(names.length === 0
      ? []
      : [
          section('[FILTER]', [
            ['Name', 'record_modifier'],
            ['Match', '*'],
            ...names.map(([name, value]) => ['Record', `${name} ${value}`] as const),
          ]),
        ]),
    ...(file === undefined ? [] : [`@INCLUDE ${file}`]),
    ...(address === undefined
      ? []
      : [
          section('[OUTPUT]', [
            ['Name', 'null'],
            ['Match', healthTag],
          ]),
        ]),
    ...outputs.flatMap(({ tag, output, options }) =>
      output === undefined
        ? []
        : [
            section('[OUTPUT]', [
              ['Name', output],
              ['Match', `${tag}*`],
              ...options,
              ...endpointOptions(output, options, endpointUrl),
            ]),
          ],
    ),
  ];
}

function endpointOptions(output: string, options: Route['options'], endpointUrl: string | undefined): Route['options'] {
  const parts = /^https?:\/\/([^/:]+):(\d+)/.exec(endpointUrl ?? '');
  if (endpointUrl === undefined || !parts || options.some(([name]) => name.toLowerCase() === 'endpoint')) return [];
  const [, host = '', port = ''] = parts;
  // This one wants a host, and speaks TLS whatever it is told (fluent-bit 4.2: its credential providers turn it on).
  if (output === 'cloudwatch_logs') return Object.entries({ endpoint: host, port, 'tls.verify': 'off' });
  return output === 's3' || output === 'cloudwatch' ? [['endpoint', endpointUrl]] : [];
}

function grep(tag: string, kind: 'Regex' | 'Exclude', pattern: string): string {
  return section('[FILTER]', [
    ['Name', 'grep'],
    ['Match', `${tag}*`],
    [kind, `log ${pattern}`],
  ]);
}

function section(head: string, lines: readonly (readonly [name: string, value: string])[]): string {
  return [head, ...lines.map(([name, value]) => `    ${name} ${value}`)].join('\n');
}

function fluentd(payload: PayloadTask, firelens: Firelens): readonly string[] {
  const address = listenAddress(payload);
  const names = metadata(payload, firelens);
  const file = ownConfigInside(firelens);
  const outputs = routes(firelens);
  return [
    element('source', '', ['@type unix', `path ${socketPath}`]),
    ...(address === undefined
      ? []
      : [element('source', '', ['@type forward', `bind ${address}`, `port ${forwardPort}`])]),
    ...outputs.flatMap(({ tag, include, exclude }) => [
      ...(include === undefined ? [] : [grepElement(tag, 'regexp', include)]),
      ...(exclude === undefined ? [] : [grepElement(tag, 'exclude', exclude)]),
    ]),
    ...(names.length === 0
      ? []
      : [
          element('filter', '**', [
            '@type record_transformer',
            '<record>',
            ...names.map(([name, value]) => `    ${name} ${value}`),
            '</record>',
          ]),
        ]),
    ...(file === undefined ? [] : [`@include ${file}`]),
    ...outputs.flatMap(({ tag, output, options }) =>
      output === undefined
        ? []
        : [element('match', `${tag}**`, [`@type ${output}`, ...options.map(([name, value]) => `${name} ${value}`)])],
    ),
  ];
}

function grepElement(tag: string, kind: 'regexp' | 'exclude', pattern: string): string {
  const lines = ['@type  grep', `<${kind}>`, '    key log', `    pattern ${pattern}`, `</${kind}>`];
  return element('filter', `${tag}**`, lines);
}

function element(name: string, argument: string, lines: readonly string[]): string {
  const head = argument === '' ? `<${name}>` : `<${name} ${argument}>`;
  return [head, ...lines.map((line) => `    ${line}`), `</${name}>`].join('\n');
}

const socketPath = '/var/run/fluent.sock';
const healthTag = 'firelens-healthcheck';
const defaultBufferMiB = 25;
