import type { HostConfig } from '../../world/docker.ts';
import type { LogDestination, PayloadContainer, PayloadTask } from '../contract.ts';
import { StepError } from '../engine-error.ts';

/** Where the output of a container of the task is shipped to; undefined where the engine's log driver takes it. */
export function destinationOf(payload: PayloadTask, containerName: string): LogDestination | undefined {
  return payload.longshore?.logs.find((candidate) => candidate.containerName === containerName);
}

/**
 * How much of a container's output may wait to be shipped before it is dropped; undefined where the container waits, which
 * is in `mode: blocking`. Differs from AWS: where `max-buffer-size` says nothing it is not 10 MiB of memory but 100 of disk.
 * Throws what the engine says of a size that is none, and of one where nothing is dropped.
 */
export function bufferLimitOf(wanted: PayloadContainer): number | undefined {
  const { LogConfig }: HostConfig = JSON.parse(wanted.dockerConfig.hostConfig || '{}');
  const { mode, 'max-buffer-size': size } = LogConfig?.Config ?? {};
  if (mode !== 'non-blocking') {
    if (size !== undefined) throw refusal("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
    return undefined;
  }
  const parsed = /^(\d+(?:\.\d*)?|\.\d+) ?(?:b|([kmgtp])(?:i?b)?)?$/i.exec(size ?? '100m');
  if (!parsed) throw refusal(`error parsing option max-buffer-size: invalid size: '${size}'`);
  const [, count = '', unit = ' '] = parsed;
  return Math.floor(Number(count) * 1024 ** ' kmgtp'.indexOf(unit.toLowerCase()));
}

function refusal(words: string): StepError {
  return new StepError(`CannotCreateContainerError: Error response from daemon: ${words}`);
}
