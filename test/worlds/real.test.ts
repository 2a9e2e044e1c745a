import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { openSqliteJournal } from '../../src/world/real/sqlite-journal.ts';
import { realClock } from '../../src/world/real/real-clock.ts';
import { realDisk } from '../../src/world/real/real-disk.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import { realCipher } from '../../src/world/real/real-cipher.ts';
import { realLog } from '../../src/world/real/real-log.ts';
import { realNet } from '../../src/world/real/real-net.ts';
import { realRandom } from '../../src/world/real/real-random.ts';
import { chanceSuite } from './chance-suite.ts';
import { clockSuite } from './clock-suite.ts';
import { diskSuite } from './disk-suite.ts';
import type { Fixture } from './fixture.ts';
import { journalSuite } from './journal-suite.ts';
import { netSuite } from './net-suite.ts';

const plain: Fixture = { run: (body) => body(), end: async () => undefined };

describe('the real world', () => {
  clockSuite(async () => ({ ...plain, clock: realClock() }));
  chanceSuite(async () => ({ ...plain, random: realRandom(), hash: realHash(), cipher: realCipher() }));
  netSuite(async () => ({ ...plain, net: realNet(realLog()) }));
  journalSuite(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'longshore-journal-'));
    return {
      ...plain,
      open: () => openSqliteJournal({ directory, formatVersion: 1, migrations: [] }),
      end: () => rm(directory, { recursive: true }),
    };
  });
  diskSuite(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'longshore-disk-'));
    return { ...plain, disk: realDisk(), directory, end: () => rm(directory, { recursive: true }) };
  });
});
