import type { HostConfig } from '../../world/docker.ts';
import type { PayloadContainer, PayloadTask } from '../contract.ts';
import { StepError } from '../engine-error.ts';
import { taskIdOf } from '../state.ts';
import { eventStartPattern } from './event-start.ts';

/** Where the output of an awslogs container goes, and how much of it may wait. */
export interface ShippedOutput {
  readonly destination: Omit<LogDestination, 'stream'> & {
    /** Absent without a prefix: the stream has the id of the container then, which is to be made still. */
    readonly stream?: string;
  };
  /** Undefined where the container waits instead, which it does in `mode: blocking`. */
  readonly maxBufferBytes?: number;
}

export interface LogDestination {
  readonly group: string;
  readonly stream: string;
  readonly region: string;
  readonly createGroup: boolean;
  /** Lines that have this pattern begin an event, and the others belong to the one before; absent, each is an event. */
  readonly startPattern?: string;
}

/** Where the output of the container of this id goes. */
export function destinationIn(destination: ShippedOutput['destination'], containerId: string): LogDestination {
  return { stream: containerId, ...destination };
}

/** Whether the output of this container is shipped by us; else the engine's log driver takes it. */
export function isShipped(payload: PayloadTask, containerName: string): boolean {
  return payload.longshore?.logs.includes(containerName) === true;
}

/**
 * What the options of a container's awslogs driver say; those that are secrets have to be among them already. Throws what
 * the engine says of options that its own driver does not take.
 */
export function shippedOutput({ arn }: Pick<PayloadTask, 'arn'>, filled: PayloadContainer): ShippedOutput {
  const options = logConfigOf(filled)?.Config ?? {};
  const maxBufferBytes = bufferLimit(options);
  if (!options['awslogs-group']) throw refusal("must specify a value for log opt 'awslogs-group'");
  const createGroup = parseBoolean('awslogs-create-group', options['awslogs-create-group'] || 'false');
  if ('awslogs-datetime-format' in options && 'awslogs-multiline-pattern' in options) {
    throw refusal(
      "you cannot configure log opt 'awslogs-datetime-format' and 'awslogs-multiline-pattern' at the same time",
    );
  }
  const startPattern = eventStartPattern(options);
  const prefix = options['awslogs-stream-prefix'];
  const { name } = filled;
  return {
    destination: {
      group: options['awslogs-group'],
      ...(prefix ? { stream: `${prefix}/${name}/${taskIdOf(arn)}` } : {}),
      region: options['awslogs-region'] || (arn.split(':')[3] ?? ''),
      createGroup,
      ...(startPattern === undefined ? {} : { startPattern }),
    },
    ...(maxBufferBytes === undefined ? {} : { maxBufferBytes }),
  };
}

/** The log driver that the payload asks for, and its options; the secrets among them where those were filled in. */
export function logConfigOf({ dockerConfig }: PayloadContainer): HostConfig['LogConfig'] {
  const { LogConfig }: HostConfig = JSON.parse(dockerConfig.hostConfig || '{}');
  return LogConfig;
}

/** Differs from AWS: where `max-buffer-size` says nothing it is not 10 MiB of memory but 100 of disk. */
function bufferLimit({ mode, 'max-buffer-size': size }: Readonly<Record<string, string>>): number | undefined {
  if (mode && mode !== 'blocking' && mode !== 'non-blocking') {
    throw refusal(`logger: logging mode not supported: ${mode}`);
  }
  if (mode !== 'non-blocking') {
    if (size !== undefined) throw refusal("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
    return undefined;
  }
  const parsed = /^(\d+(?:\.\d*)?|\.\d+) ?(?:b|([kmgtp])(?:i?b)?)?$/i.exec(size ?? '100m');
  if (!parsed) throw refusal(`error parsing option max-buffer-size: invalid size: '${size}'`);
  const [, count = '', unit = ' '] = parsed;
  return Math.floor(Number(count) * 1024 ** ' kmgtp'.indexOf(unit.toLowerCase()));
}

/** As Go reads one. */
function parseBoolean(option: string, text: string): boolean {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw refusal(
    `must specify valid value for log opt '${option}': strconv.ParseBool: parsing "${text}": invalid syntax`,
  );
}

function refusal(words: string): StepError {
  return new StepError(`CannotCreateContainerError: Error response from daemon: ${words}`);
}
