import { UsageError } from '../app/config.ts';
import { readRootKeys } from '../app/root-keys.ts';
import { readServerAddress } from '../app/server-file.ts';
import type { Disk } from '../world/world.ts';

/** Where to call and with which keys. */
export interface Connection {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string;
}

/** As the AWS CLI would find it: from the AWS variables where they name an endpoint and keys, else from the data directory. */
export async function findConnection(disk: Disk, dataDirectory: string): Promise<Connection> {
  const fromVariables = connectionOfVariables();
  if (fromVariables) return fromVariables;
  const [address, keys] = await Promise.all([
    readServerAddress(disk, dataDirectory),
    readRootKeys(disk, dataDirectory),
  ]);
  if (!address || !keys) {
    throw new UsageError(
      `no server to talk to: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not all set, and no server has run with the data directory ${dataDirectory}`,
    );
  }
  return { endpoint: address.endpoint, region: address.region, ...keys };
}

/** From AWS_ENDPOINT_URL, AWS_REGION and the keys; undefined when one of endpoint and keys is missing. */
export function connectionOfVariables(): Connection | undefined {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  const { AWS_SESSION_TOKEN: sessionToken } = process.env;
  if (!AWS_ENDPOINT_URL || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return undefined;
  return {
    endpoint: AWS_ENDPOINT_URL,
    region: regionOfVariables(),
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(sessionToken && { sessionToken }),
  };
}

export function regionOfVariables(): string {
  return process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
}
