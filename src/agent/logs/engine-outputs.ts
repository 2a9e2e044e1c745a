import type { Docker } from '../../world/docker.ts';
import type { OutputChunk, Outputs } from '../../world/outputs.ts';

/** How far apart the engine's times of the two streams may be out of order: each is copied by its own thread. */
const skewSeconds = 10;
const lineFeed = 10;

/** The output of containers as the engine's own log file has it, for where nobody else keeps it. */
export function engineOutputs(docker: Pick<Docker, 'logs'>): Outputs {
  return {
    isKept: false,
    keep: () => Promise.resolve(),
    read: (id, since, signal) => read(docker, id, since, signal),
    release: () => undefined,
    forget: () => Promise.resolve(),
    close: () => undefined,
  };
}

async function* read(
  docker: Pick<Docker, 'logs'>,
  id: string,
  since: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<OutputChunk> {
  const options = { follow: true, ...(since === undefined ? {} : { since: somewhatBefore(since) }) };
  for await (const { stream, timestamp, text } of docker.logs(id, options, signal)) {
    const line = new Uint8Array(text.length + 1);
    line.set(text);
    line[text.length] = lineFeed;
    yield { stream, time: timeOf(timestamp), text: line };
  }
}

function somewhatBefore(time: string): string {
  const [seconds = '', nanoseconds = ''] = time.split('.');
  return `${Math.max(0, Number(seconds) - skewSeconds)}.${nanoseconds}`;
}

/** From RFC 3339 with a fraction of up to nine digits. */
function timeOf(timestamp: string): string {
  const [, whole = '', fraction = '', zone = 'Z'] = /^([^.Z+]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(timestamp) ?? [];
  const seconds = Date.parse(`${whole}${zone}`) / 1000;
  return `${seconds.toString().padStart(12, '0')}.${fraction.slice(0, 9).padEnd(9, '0')}`;
}
