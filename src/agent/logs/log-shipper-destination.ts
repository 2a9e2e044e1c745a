import type { Backend, RoleCredentials } from '../contract.ts';
import type { LogDestination } from './shipped-output.ts';

/** Makes the stream, and the group where the destination says so. Rejects with the service's error. */
export async function createDestination(
  backend: Backend,
  destination: LogDestination,
  as?: RoleCredentials,
): Promise<void> {
  const { group: logGroupName, stream: logStreamName, region } = destination;
  const createOnce = async (operation: string, input: object): Promise<void> => {
    try {
      await backend.call('logs', operation, input, as, region);
    } catch (error) {
      if (codeOf(error) !== 'ResourceAlreadyExistsException') throw error;
    }
  };
  const createStream = (): Promise<void> => createOnce('CreateLogStream', { logGroupName, logStreamName });
  try {
    await createStream();
  } catch (error) {
    if (!destination.createGroup || codeOf(error) !== 'ResourceNotFoundException') throw error;
    await createOnce('CreateLogGroup', { logGroupName });
    await createStream();
  }
}

/** AWS's name of an error that the service answered with; undefined when no answer came. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
