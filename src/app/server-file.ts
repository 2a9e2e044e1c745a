import { join } from 'node:path';
import { UsageError } from './config.ts';
import type { Disk } from '../world/world.ts';

/** Where the server of a data directory answers; written at each start for the commands that talk to it. */
export interface ServerAddress {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
}

export async function writeServerAddress(disk: Disk, dataDirectory: string, address: ServerAddress): Promise<void> {
  await disk.writeAtomic(serverPath(dataDirectory), new TextEncoder().encode(`${JSON.stringify(address)}\n`), 0o600);
}

/** The address the last server of this data directory had, whether or not it runs; undefined when there was none. */
export async function readServerAddress(disk: Disk, dataDirectory: string): Promise<ServerAddress | undefined> {
  const bytes = await disk.read(serverPath(dataDirectory));
  if (!bytes) return undefined;
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (
    typeof parsed === 'object' &&
    parsed !== null &&
    'endpoint' in parsed &&
    'region' in parsed &&
    'accountId' in parsed &&
    typeof parsed.endpoint === 'string' &&
    typeof parsed.region === 'string' &&
    typeof parsed.accountId === 'string'
  ) {
    return { endpoint: parsed.endpoint, region: parsed.region, accountId: parsed.accountId };
  }
  throw new UsageError(
    `${serverPath(dataDirectory)} is not what Longshore writes there; remove it and start 'longshore up' again`,
  );
}

function serverPath(dataDirectory: string): string {
  return join(dataDirectory, 'server.json');
}
