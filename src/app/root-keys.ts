import { join } from 'node:path';
import { UsageError } from './config.ts';
import type { Disk, Random } from '../world/world.ts';

/** An access key of the account's root user. */
export interface RootKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The root keys of a data directory: the chosen ones, else those written there, else new ones. What is used is written
 * down readable by its owner only, so that `longshore env` finds it.
 */
export async function rootKeys(
  disk: Disk,
  random: Random,
  dataDirectory: string,
  chosen?: RootKeys,
): Promise<RootKeys> {
  const present = await readRootKeys(disk, dataDirectory);
  const keys = chosen ?? present ?? newKeys(random);
  const same = present?.accessKeyId === keys.accessKeyId && present.secretAccessKey === keys.secretAccessKey;
  if (!same) {
    const text = `${JSON.stringify({ accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey })}\n`;
    await disk.makeDirectory(dataDirectory, 0o700);
    await disk.writeAtomic(keysPath(dataDirectory), new TextEncoder().encode(text), 0o600);
  }
  return keys;
}

export async function readRootKeys(disk: Disk, dataDirectory: string): Promise<RootKeys | undefined> {
  const bytes = await disk.read(keysPath(dataDirectory));
  if (!bytes) return undefined;
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (
    typeof parsed === 'object' &&
    parsed !== null &&
    'accessKeyId' in parsed &&
    'secretAccessKey' in parsed &&
    typeof parsed.accessKeyId === 'string' &&
    typeof parsed.secretAccessKey === 'string'
  ) {
    return { accessKeyId: parsed.accessKeyId, secretAccessKey: parsed.secretAccessKey };
  }
  throw new UsageError(`${keysPath(dataDirectory)} does not hold root keys; remove it to have new ones made`);
}

function keysPath(dataDirectory: string): string {
  return join(dataDirectory, 'root-keys.json');
}

/** Of AWS's form: AKIA and 16 of A-Z2-7; 40 characters of base64 for the secret. */
function newKeys(random: Random): RootKeys {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const accessKeyId = `AKIA${Array.from(random.bytes(16), (byte) => letters[byte % 32]).join('')}`;
  return { accessKeyId, secretAccessKey: Buffer.from(random.bytes(30)).toString('base64') };
}
