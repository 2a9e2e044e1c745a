import { rootAccessKeys } from '../../src/app/access-keys.ts';
import { composeControlPlane } from '../../src/app/compose.ts';
import { realClock } from '../../src/world/real/real-clock.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import { realRandom } from '../../src/world/real/real-random.ts';
import { realCipher } from '../../src/world/real/real-cipher.ts';
import { MemoryJournal } from '../../src/world/sim/memory-journal.ts';
import { SimClock } from '../../src/world/sim/sim-clock.ts';
import { SimDisk } from '../../src/world/sim/sim-disk.ts';
import { SimLife } from '../../src/world/sim/sim-life.ts';
import { SimRandom } from '../../src/world/sim/sim-random.ts';
import type { HttpHandler } from '../../src/world/net.ts';
import { credentials, region } from './bed.ts';

/** The whole control plane with every service, in memory, for clients of the SDK in this process. */
export async function openControlPlane(): Promise<{
  readonly handler: HttpHandler;
  readonly journal: MemoryJournal;
  readonly close: () => Promise<void>;
}> {
  const clock = new SimClock({ dueRunsByItself: true });
  const disk = new SimDisk(new SimRandom(7)).as(new SimLife(clock, 'server'));
  const journal = new MemoryJournal(clock);
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const controlPlane = await composeControlPlane({
    world: {
      clock: realClock(),
      random: realRandom(),
      hash: realHash(),
      cipher: realCipher(),
      disk,
      log: silent,
    },
    journal: journal.open(),
    logDirectory: '/data/logs',
    imageDirectory: '/data/images',
    objectDirectory: '/data/objects',
    fileSystemDirectory: '/file-systems',
    dataKey: new Uint8Array(32).fill(7),
    accessKeys: rootAccessKeys(credentials, '000000000000'),
    accounts: ['000000000000'],
    region,
    allowedHosts: ['localhost'],
  });
  return { handler: controlPlane.handler, journal, close: () => controlPlane.close() };
}
