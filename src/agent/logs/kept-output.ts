import type { HostConfig } from '../../world/docker.ts';
import type { LogDestination, PayloadContainer, PayloadTask } from '../contract.ts';

/** Where the output of a container of the task is shipped to; undefined where the engine's log driver takes it. */
export function destinationOf(payload: PayloadTask, containerName: string): LogDestination | undefined {
  return payload.longshore?.logs.find((candidate) => candidate.containerName === containerName);
}

/**
 * How much of a container's output may wait to be shipped before it is dropped; undefined where the container waits, which
 * is in `mode: blocking`. Differs from AWS: where `max-buffer-size` says nothing it is not 10 MiB of memory but 100 of disk.
 */
export function bufferLimitOf(wanted: PayloadContainer): number | undefined {
  const { LogConfig }: HostConfig = JSON.parse(wanted.dockerConfig.hostConfig || '{}');
  const { mode, 'max-buffer-size': size = '100m' } = LogConfig?.Config ?? {};
  if (mode !== 'non-blocking') return undefined;
  const [, count = '1', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(size) ?? [];
  return Math.floor(Number(count) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' '));
}
