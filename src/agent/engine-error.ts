import { type Clock, DockerError } from '../world/world.ts';

/** A failed step in the stock agent's words: `<ErrorName>: <message>`. It is reported, never decided upon. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

export function stepError(name: string, error: unknown): StepError {
  if (error instanceof StepError) return error;
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
