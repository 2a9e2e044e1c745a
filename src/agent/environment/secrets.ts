import type { Clock } from '../../world/world.ts';
import type { Backend, BackendService, PayloadContainer, PayloadSecret, RoleCredentials } from '../contract.ts';
import { StepError } from '../engine-error.ts';
import { firelensOf, routedOptions } from '../logs/firelens.ts';
import { secretReference } from './secret-reference.ts';
import type { TaskRecord } from '../state.ts';
import type { TaskCredentials } from './task-credentials.ts';
import { answered, createTaskMemo } from './task-memo.ts';

/**
 * The secrets of tasks: fetched with the task's execution role when it begins, kept in memory only, and fetched again
 * by an agent that was started in between.
 */
export interface Secrets {
  /** Resolves when all of the task's are here. Rejects with StepError, which says which one is wrong and why. */
  fetch(task: TaskRecord): Promise<void>;
  /** The container as it is created: secrets among its variables, and among the options of its log driver. */
  filled(task: TaskRecord, container: PayloadContainer): Promise<PayloadContainer>;
  /** One text of Secrets Manager, with the task's execution role. */
  text(task: TaskRecord, secretId: string): Promise<string>;
  forget(taskArn: string): void;
}

/** The resource that a task with secrets waits for; see plan.ts. */
export const secretsResource = '@secrets';

export function hasSecrets({ payload }: TaskRecord): boolean {
  return payload.containers.some(({ secrets = [] }) => secrets.length > 0);
}

export function createSecrets(parts: {
  readonly backend: Backend;
  readonly clock: Clock;
  readonly credentials: Pick<TaskCredentials, 'whenPresent'>;
}): Secrets {
  const { backend, clock } = parts;
  async function roleOf(task: TaskRecord): Promise<RoleCredentials> {
    const id = task.credentialsIds?.execution;
    if (id === undefined) throw failure('secrets', new Error('the task has no execution role'));
    return parts.credentials.whenPresent(id);
  }

  const ask = (service: BackendService, operation: string, input: object, as: RoleCredentials) =>
    answered(clock, () => backend.call(service, operation, input, as));

  async function secretText(secretId: string, as: RoleCredentials): Promise<string> {
    const reference = secretReference(secretId);
    const { jsonKey, ...asked } = reference;
    const answer = await ask('secretsmanager', 'GetSecretValue', asked, as).catch((error: unknown) => {
      throw failure('secret from asm', error, `failed to fetch secret ${secretId} from secrets manager`);
    });
    const text = answer['SecretString'];
    if (typeof text !== 'string') {
      throw failure('secret from asm', new Error(`secret ${secretId} holds no text`));
    }
    return jsonKey === undefined ? text : memberOf(text, jsonKey, secretId);
  }

  async function parameterTexts(
    names: readonly string[],
    as: RoleCredentials,
  ): Promise<readonly (readonly [name: string, value: string])[]> {
    const answer = await ask('ssm', 'GetParameters', { Names: names, WithDecryption: true }, as).catch(
      (error: unknown) => {
        throw failure('secrets from ssm', error);
      },
    );
    const invalid = answer['InvalidParameters'];
    if (Array.isArray(invalid) && invalid.length > 0) {
      throw failure('secrets from ssm', new Error(`Invalid ssm parameters: ${invalid.join(', ')}`));
    }
    const found = Array.isArray(answer['Parameters']) ? answer['Parameters'] : [];
    return names.map((name) => {
      const parameter = found.find(
        ({ Name, ARN, Selector = '' }) => `${Name}${Selector}` === name || `${ARN}${Selector}` === name,
      );
      if (typeof parameter?.Value !== 'string') {
        throw failure('secrets from ssm', new Error(`Invalid ssm parameters: ${name}`));
      }
      return [name, parameter.Value] as const;
    });
  }

  async function fetchAll(task: TaskRecord): Promise<ReadonlyMap<string, string>> {
    const as = await roleOf(task);
    const wanted = task.payload.containers.flatMap(({ secrets = [] }) => secrets);
    const elsewhere = wanted.find(({ region }) => region !== backend.region);
    if (elsewhere) {
      const { valueFrom, region } = elsewhere;
      throw failure('secrets', new Error(`${valueFrom} is in region ${region}, and this is ${backend.region}`));
    }
    const of = (provider: PayloadSecret['provider']): readonly string[] => [
      ...new Set(wanted.filter((secret) => secret.provider === provider).map(({ valueFrom }) => valueFrom)),
    ];
    const parameters = of('ssm');
    const values = new Map<string, string>();
    for (let at = 0; at < parameters.length; at += parametersAtOnce) {
      const some = await parameterTexts(parameters.slice(at, at + parametersAtOnce), as);
      for (const [name, value] of some) values.set(name, value);
    }
    for (const secretId of of('asm')) values.set(secretId, await secretText(secretId, as));
    return values;
  }

  /** The values by valueFrom. */
  const values = createTaskMemo(fetchAll);

  return {
    async fetch(task) {
      await values.of(task);
    },
    async filled(task, container) {
      const { secrets = [] } = container;
      const forOthers = container.firelensConfiguration ? (firelensOf(task.payload)?.secrets ?? []) : [];
      if (secrets.length === 0 && forOthers.length === 0) return container;
      const found = await values.of(task);
      const of = (target: PayloadSecret['target']): Readonly<Record<string, string>> =>
        Object.fromEntries(
          secrets
            .filter((secret) => secret.target === target)
            .map(({ name, valueFrom }) => [name, found.get(valueFrom) ?? '']),
        );
      // As the stock agent, which gives the driver no option that is empty and lets a secret win over an option of its name.
      const logOptions = Object.fromEntries(Object.entries(of('LOG_DRIVER')).filter(([, value]) => value !== ''));
      return {
        ...container,
        environment: {
          ...container.environment,
          ...of('CONTAINER'),
          ...Object.fromEntries(
            forOthers.map(({ variable, secret: { valueFrom } }) => [variable, found.get(valueFrom) ?? '']),
          ),
        },
        // What goes through a log router is the router's to know, and not the engine's.
        dockerConfig: routedOptions(container)
          ? container.dockerConfig
          : withLogOptions(container.dockerConfig, logOptions),
      };
    },
    text: async (task, secretId) => secretText(secretId, await roleOf(task)),
    forget: (taskArn) => values.forget(taskArn),
  };
}

const parametersAtOnce = 10;

/** `what` such as `secret from asm`, in the words that a Fargate task shows. */
function failure(what: string, error: unknown, doing?: string): StepError {
  const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : '';
  const said = `${code}${error instanceof Error ? error.message : String(error)}`;
  return new StepError(
    `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ${what}: service call has been retried 1 time(s): ${doing === undefined ? '' : `${doing}: `}${said}`,
  );
}

/** A member of a secret that is a JSON object; what is no text is given as JSON. */
function memberOf(text: string, key: string, secretId: string): string {
  const value = parseObject(text);
  if (!value) throw failure('secret from asm', new Error(`secret ${secretId} is not a JSON object`));
  const member = Object.hasOwn(value, key) ? value[key] : undefined;
  if (member === undefined) {
    throw failure(
      'secret from asm',
      new Error(`retrieved secret from Secrets Manager did not contain json key ${key}`),
    );
  }
  return typeof member === 'string' ? member : JSON.stringify(member);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined; // the caller says so
  }
}

function withLogOptions(
  config: PayloadContainer['dockerConfig'],
  options: Readonly<Record<string, string>>,
): PayloadContainer['dockerConfig'] {
  if (Object.keys(options).length === 0) return config;
  const host = parseObject(config.hostConfig) ?? {};
  const log = host['LogConfig'];
  const present = typeof log === 'object' && log !== null ? { ...log } : {};
  const given = 'Config' in present && typeof present.Config === 'object' ? present.Config : {};
  const filled = { ...host, LogConfig: { ...present, Config: { ...given, ...options } } };
  return { ...config, hostConfig: JSON.stringify(filled) };
}
