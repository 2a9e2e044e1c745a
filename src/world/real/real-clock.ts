import type { Clock, Timer } from '../world.ts';

/** What setTimeout takes: a longer delay would silently become 1 ms. */
const longestTimeoutMs = 2 ** 31 - 1;

export function realClock(): Clock {
  return {
    now: () => Date.now(),
    monotonicMs,
    after,
    soon: (action) => void setImmediate(action),
    sleep,
  };
}

/** Not performance.now(): the first use of `performance` loads eight modules of Node. */
function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** setTimeout may fire up to a millisecond early and takes 24 days at most, so the time is checked and waited out. */
function after(delayMs: number, action: () => void): Timer {
  const due = monotonicMs() + delayMs;
  const fire = (): void => {
    const leftMs = due - monotonicMs();
    if (leftMs <= 0) action();
    else timeout = setTimeout(fire, Math.min(Math.ceil(leftMs), longestTimeoutMs));
  };
  let timeout = setTimeout(fire, Math.min(delayMs, longestTimeoutMs));
  return { cancel: () => clearTimeout(timeout) };
}

function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const timer = after(delayMs, () => {
      signal?.removeEventListener('abort', wake);
      resolve();
    });
    const wake = (): void => {
      timer.cancel();
      resolve();
    };
    signal?.addEventListener('abort', wake, { once: true });
  });
}
