import type { PayloadContainer, PayloadSecret, PayloadTask } from '../contract.ts';
import { dependenciesOf } from '../dependencies.ts';

/**
 * FireLens: one container of the task, the router, runs Fluentd or Fluent Bit and gets the output of others over a
 * socket. The agent writes the router's configuration from the others' log options and gives it that, and the socket's
 * directory, as files (amazon-ecs-agent, agent/taskresource/firelens).
 */
export interface Firelens {
  readonly router: PayloadContainer;
  readonly type: 'fluentd' | 'fluentbit';
  readonly options: Readonly<Record<string, string>>;
  /** The containers whose output goes to the router, with their log options: a secret one names a variable of the router. */
  readonly routed: readonly { readonly name: string; readonly options: Readonly<Record<string, string>> }[];
  /** The variables of the router that hold those secrets. */
  readonly secrets: readonly { readonly variable: string; readonly secret: PayloadSecret }[];
}

export const firelensResource = '@firelens';

export function firelensOf(payload: PayloadTask): Firelens | undefined {
  const router = payload.containers.find((container) => container.firelensConfiguration);
  const configuration = router?.firelensConfiguration;
  if (!router || !configuration) return undefined;
  const { type } = configuration;
  const routed = payload.containers.flatMap((container, index) => {
    const options = routedOptions(container);
    if (!options) return [];
    const secrets = (container.secrets ?? [])
      .filter(({ target }) => target === 'LOG_DRIVER')
      // Options of all containers are in one file, so the variable says whose option it is.
      .map((secret) => ({ variable: `${secret.name}_${index}`, secret }));
    const hidden = secrets.map(({ variable, secret }) => [secret.name, placeholder(type, variable)] as const);
    return [{ name: container.name, options: { ...options, ...Object.fromEntries(hidden) }, secrets }];
  });
  return {
    router,
    type,
    options: configuration.options ?? {},
    routed,
    secrets: routed.flatMap(({ secrets }) => secrets),
  };
}

function placeholder(type: Firelens['type'], variable: string): string {
  return type === 'fluentd' ? `"#{ENV['${variable}']}"` : `\${${variable}}`;
}

/** The log options of a container whose output goes to the router; undefined for any other. */
export function routedOptions(container: PayloadContainer): Readonly<Record<string, string>> | undefined {
  const settings: { readonly LogConfig?: { readonly Type?: string; readonly Config?: Record<string, string> } } =
    container.dockerConfig.hostConfig === '' ? {} : JSON.parse(container.dockerConfig.hostConfig);
  return settings.LogConfig?.Type === 'awsfirelens' ? (settings.LogConfig.Config ?? {}) : undefined;
}

/**
 * A container waits until the router runs, and the router ends after it; as with the stock agent not where the router
 * itself waits for something, which may be that container.
 */
export function withRouterFirst(payload: PayloadTask): PayloadTask {
  const firelens = firelensOf(payload);
  if (!firelens || firelens.router.dependsOn.length > 0) return payload;
  const { router, routed } = firelens;
  const waits = new Set(routed.map(({ name }) => name));
  return {
    ...payload,
    containers: payload.containers.map((container) =>
      waits.has(container.name) &&
      container.name !== router.name &&
      !container.dependsOn.some(({ containerName }) => containerName === router.name)
        ? { ...container, dependsOn: [...container.dependsOn, { containerName: router.name, condition: 'START' }] }
        : container,
    ),
  };
}

/** Whether a container has to be told the router's address, and can be: the router may itself wait for the container. */
export function awaitsRouterAddress(payload: PayloadTask, name: string): boolean {
  if ((payload.networkMode ?? 'bridge') !== 'bridge') return false;
  const firelens = firelensOf(payload);
  if (!firelens?.routed.some((one) => one.name === name)) return false;
  const before = new Set([firelens.router.name]);
  for (const earlier of before) {
    const container = payload.containers.find((candidate) => candidate.name === earlier);
    for (const dependency of container ? dependenciesOf(container) : []) before.add(dependency);
  }
  return !before.has(name);
}

/** On the host, apart for each task: the configuration, and the directory of the socket. */
export function firelensPaths(
  directory: string,
  taskId: string,
): {
  readonly base: string;
  readonly configDirectory: string;
  readonly config: string;
  /** The user's own file where it comes from S3. */
  readonly ownConfig: string;
  readonly socketDirectory: string;
} {
  const base = `${directory}/${taskId}`;
  const configDirectory = `${base}/config`;
  return {
    base,
    configDirectory,
    config: `${configDirectory}/fluent.conf`,
    ownConfig: `${configDirectory}/external.conf`,
    socketDirectory: `${base}/socket`,
  };
}

/** What the engine binds into the router. */
export function routerBinds(firelens: Firelens, directory: string, taskId: string): readonly string[] {
  const { type } = firelens;
  const { config, ownConfig, socketDirectory } = firelensPaths(directory, taskId);
  const inside = type === 'fluentd' ? '/fluentd/etc/fluent.conf' : '/fluent-bit/etc/fluent-bit.conf';
  const own = ownConfigOf(firelens)?.type === 's3' ? [`${ownConfig}:${ownConfigInside(firelens)}`] : [];
  return [`${config}:${inside}`, ...own, `${socketDirectory}/:/var/run/`];
}

/** The file of the user's own that the router's options name: one of its image, or an object in S3 by its ARN. */
export function ownConfigOf({
  options,
}: Firelens): { readonly type: 'file' | 's3'; readonly value: string } | undefined {
  const { 'config-file-type': type, 'config-file-value': value } = options;
  return (type === 'file' || type === 's3') && value !== undefined ? { type, value } : undefined;
}

/** Where the router finds it. */
export function ownConfigInside(firelens: Firelens): string | undefined {
  const own = ownConfigOf(firelens);
  if (own?.type !== 's3') return own?.value;
  return firelens.type === 'fluentd' ? '/fluentd/etc/external.conf' : '/fluent-bit/etc/external.conf';
}

/** The log driver of a container whose output goes to the router: the engine's, to the router's socket. */
export function routedLogConfig(
  name: string,
  options: Readonly<Record<string, string>>,
  {
    directory,
    taskId,
    engineVersion,
  }: { readonly directory: string; readonly taskId: string; readonly engineVersion: string },
): { readonly Type: string; readonly Config: Readonly<Record<string, string>> } {
  const bufferLimit = options['log-driver-buffer-limit'];
  return {
    Type: 'fluentd',
    Config: {
      'fluentd-address': `unix://${firelensPaths(directory, taskId).socketDirectory}/fluent.sock`,
      // The router may take longer to listen than the container to write.
      [asynchronousOption(engineVersion)]: 'true',
      'fluentd-sub-second-precision': 'true',
      ...(bufferLimit === undefined ? {} : { 'fluentd-buffer-limit': bufferLimit }),
      tag: `${name}-firelens-${taskId}`,
    },
  };
}

/** Docker 20.10 gave the option a new name, and 28 refuses the old one. */
function asynchronousOption(engineVersion: string): string {
  const [major = 0, minor = 0] = engineVersion.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 10) ? 'fluentd-async' : 'fluentd-async-connect';
}

/** The image of Fluentd gives up its rights unless it is told not to, and then cannot serve the engine's socket. */
export function routerEnvironment({ type }: Firelens): Readonly<Record<string, string>> {
  return type === 'fluentd' ? { FLUENT_UID: '0' } : {};
}

/** Where an application that speaks the forward protocol itself finds the router. */
export function routedEnvironment(
  payload: PayloadTask,
  routerAddress: string | undefined,
): Readonly<Record<string, string>> {
  const mode = payload.networkMode ?? 'bridge';
  if (mode !== 'bridge' && mode !== 'awsvpc') return {};
  const host = mode === 'awsvpc' ? '127.0.0.1' : routerAddress;
  return host === undefined ? {} : { FLUENT_HOST: host, FLUENT_PORT: forwardPort };
}

export const forwardPort = '24224';
