import { join } from 'node:path';
import type { Disk, Random } from '../world/world.ts';
import { UsageError } from './config.ts';

const keyBytes = 32;

/**
 * The key of a data directory, under which the keys of KMS lie sealed in the journal. Made at the first start, readable
 * by its owner only; without it secrets and parameters cannot be read again.
 */
export async function dataKey(disk: Disk, random: Random, dataDirectory: string): Promise<Uint8Array> {
  const path = join(dataDirectory, 'data-key');
  const present = await disk.read(path);
  if (present?.length === keyBytes) return present;
  if (present) throw new UsageError(`${path} does not hold a key of ${keyBytes} bytes`);
  const fresh = random.bytes(keyBytes);
  await disk.makeDirectory(dataDirectory, 0o700);
  await disk.writeAtomic(path, fresh, 0o600);
  return fresh;
}
