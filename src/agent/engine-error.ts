import { DockerError } from '../world/docker.ts';
import type { Clock } from '../world/world.ts';

/** A failed step in the stock agent's words: `<ErrorName>: <message>`. It is reported, never decided upon. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/**
 * The engine gave no answer. That says nothing about the step: it is taken again once the engine answers, and whether
 * it was done after all is seen then.
 */
export class EngineAway extends Error {
  override readonly name = 'EngineAway';
}

/** The failure of a step as it is reported. Throws EngineAway where the engine did not decide anything. */
export function stepError(name: string, error: unknown): StepError {
  if (error instanceof StepError) return error;
  if (error instanceof DockerError && error.status === undefined) throw new EngineAway(error.message, { cause: error });
  return new StepError(`${name}: ${engineWords(error)}`);
}

/** What the engine said, in the words Docker's own client puts before it. */
export function engineWords(error: unknown): string {
  if (error instanceof DockerError && error.status !== undefined) {
    return error.message.startsWith('Error response from daemon')
      ? error.message
      : `Error response from daemon: ${error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Waits for a call to the engine at most so long. What comes later is seen by the next look at the engine. */
export async function within<T>(clock: Clock, timeoutMs: number, state: string, call: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.after(timeoutMs, () => {
      const waited = timeoutMs % 60_000 === 0 ? `${timeoutMs / 60_000}m0s` : `${timeoutMs / 1000}s`;
      reject(new StepError(`DockerTimeoutError: Could not transition to ${state}; timed out after waiting ${waited}`));
    });
    call.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
