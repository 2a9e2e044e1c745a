import { createAwsClient } from '../aws/client.ts';
import { realWorld } from '../world/real/real-world.ts';
import type { Connection } from './connection.ts';

/** One call of the API. `Output` is the SDK's type of the answer; its dates are numbers of seconds here. */
export type Caller = <Output extends object>(
  service: 'ecs' | 'logs',
  operation: string,
  input: object,
  region?: string,
) => Promise<Output>;

export function caller(connection: Connection): Caller {
  const client = createAwsClient({ ...realWorld(), ...connection, credentials: connection });
  return (service, operation, input, region) => client.call(service, operation, input, undefined, region);
}
