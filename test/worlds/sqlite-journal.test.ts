import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, test, type TestContext } from 'node:test';
import { type Journal, JournalError } from '../../src/store/journal.ts';
import { SqliteFile } from '../../src/world/real/sqlite-file.ts';
import { type Migration, openSqliteJournal } from '../../src/world/real/sqlite-journal.ts';
import { verifyJournal } from '../../src/world/real/verify-journal.ts';
import { contents, put, remove } from './journal-suite.ts';

const writerFile = new URL('./journal-writer.ts', import.meta.url).pathname;

describe('one server per directory', () => {
  test('a second process is told the pid of the first, and may go on once that one is killed', async (t) => {
    const directory = freshDirectory(t);
    const writer = new Writer(t, directory, { from: 1, to: 3 });
    await writer.acknowledged(3);
    await assert.rejects(open(directory), (error) => {
      assert.ok(error instanceof JournalError);
      assert.ok(error.message.includes(`in use by another Longshore server (pid ${writer.pid})`), error.message);
      return true;
    });
    await writer.kill();
    const journal = await open(directory);
    assert.equal((await contents(journal))['crash last'], '3');
    await journal.close();
  });
});

describe('crashes', () => {
  test('after kill -9 at any moment every acknowledged commit is there, and none in part', async (t) => {
    const directory = freshDirectory(t);
    let last = 0;
    for (let round = 0; round < 10; round += 1) {
      const writer = new Writer(t, directory, { from: last + 1, to: 1_000_000 });
      await writer.acknowledged(last + 1);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
      const acknowledged = await writer.kill();
      const journal = await open(directory);
      const found = wholeCommits(await contents(journal));
      await journal.close();
      assert.ok(found >= acknowledged, `${found} commits found, ${acknowledged} were acknowledged`);
      assert.ok(found <= acknowledged + 1, 'at most one commit was under way');
      last = found;
    }
  });

  test('a log with a flipped bit or a cut end gives all commits, or a refusal; never silently fewer', async (t) => {
    const directory = freshDirectory(t);
    const writer = new Writer(t, directory, { from: 1, to: 60 });
    await writer.acknowledged(60);
    await writer.kill();
    const log = 'journal.sqlite-wal';
    const size = statSync(join(directory, log)).size;
    assert.ok(size > 0, 'the log has not been checkpointed away');
    let refusals = 0;
    for (let round = 0; round < 60; round += 1) {
      const copy = join(directory, `copy-${round}`);
      copyJournal(directory, copy);
      const at = Math.floor(Math.random() * size);
      if (round % 2 === 0) truncateSync(join(copy, log), at);
      else flipBit(join(copy, log), at);
      const whole = tryCount(copy, false);
      if (whole === 'refused') {
        refusals += 1;
        const kept = tryCount(copy, true);
        assert.ok(kept !== 'refused' && kept < 60, 'with the loss accepted an exact prefix is there');
        assert.equal(tryCount(copy, false), kept, 'an accepted loss is not reported again');
      } else assert.equal(whole, 60);
    }
    assert.ok(refusals > 0, 'some damage was noticed');
  });

  test('a database that is gone is noticed, and its loss can be accepted', async (t) => {
    const directory = freshDirectory(t);
    await commitAll(directory, [put('a', '1', '1')], [put('a', '2', '2')]);
    rmSync(join(directory, 'journal.sqlite'));
    await assert.rejects(open(directory), /2 acknowledged commits are missing .* --accept-loss/s);
    const warnings: string[] = [];
    const journal = await open(directory, { acceptLoss: true, onWarning: (warning) => warnings.push(warning) });
    assert.deepEqual(await contents(journal), {});
    assert.equal(warnings.length, 1);
    await journal.close();
  });

  test('an older copy of the database is noticed: a restore must say that it is one', async (t) => {
    const directory = freshDirectory(t);
    await commitAll(directory, [put('a', '1', '1')]);
    const backup = join(directory, 'backup');
    copyJournal(directory, backup);
    await commitAll(directory, [put('a', '2', '2')], [put('a', '3', '3')]);
    cpSync(join(backup, 'journal.sqlite'), join(directory, 'journal.sqlite'));
    await assert.rejects(open(directory), /2 acknowledged commits are missing/);
  });

  test('a missing mark is made anew with a warning', async (t) => {
    const directory = freshDirectory(t);
    await commitAll(directory, [put('a', '1', '1')]);
    rmSync(join(directory, 'journal.high'));
    const warnings: string[] = [];
    const journal = await open(directory, { onWarning: (warning) => warnings.push(warning) });
    assert.match(warnings.join(), /journal\.high/);
    await journal.close();
    const again = await open(directory, { onWarning: (warning) => assert.fail(warning) });
    await again.close();
  });

  test('a file that is no database is refused by name', async (t) => {
    const directory = freshDirectory(t);
    writeFileSync(
      join(directory, 'journal.sqlite'),
      'this is something else altogether, and long enough to tell. '.repeat(20),
    );
    await assert.rejects(
      open(directory),
      (error) => error instanceof JournalError && error.message.includes(directory),
    );
  });
});

describe('disks that fail', () => {
  test('on a full disk a commit is refused, reads go on, and later commits work', async (t) => {
    const directory = smallDisk(t);
    if (directory === undefined) return;
    const data = join(directory, 'data');
    const ballast = join(directory, 'ballast');
    writeFileSync(ballast, new Uint8Array(1024 * 1024));
    const journal = await open(data, { onFatal: (error) => assert.fail(error) });
    const model: Record<string, string> = {};
    const big = JSON.stringify('x'.repeat(100_000));
    let refused: unknown;
    let number = 0;
    for (; refused === undefined && number < 100; number += 1) {
      try {
        // Into a table that has no records yet, too: it is made with the commit, or is not.
        await journal.commit([put('full', `${number}-a`, big), put(`full-${number}`, 'b', big)]);
        model[`full ${number}-a`] = big;
        model[`full-${number} b`] = big;
      } catch (error) {
        refused = error;
      }
    }
    assert.ok(refused instanceof JournalError && /full/.test(refused.message), String(refused));
    assert.ok('code' in refused && refused.code === 'ENOSPC');
    assert.deepEqual(await contents(journal), model);
    rmSync(ballast);
    const made = `full-${number - 1}`;
    await journal.commit([put('full', 'after', '1'), put(made, 'after', '1')]);
    await journal.close();
    const again = await open(data);
    assert.deepEqual(await contents(again), { ...model, 'full after': '1', [`${made} after`]: '1' });
    await again.close();
  });

  test('a failed write that leaves doubt ends the process without an answer; the next start has all it acknowledged', async (t) => {
    const directory = freshDirectory(t);
    // A limit on the size of files fails writes with EFBIG, which SQLite reports as it does a broken disk.
    const writer = new Writer(t, directory, { from: 1, to: 10_000, bytes: 4000, fileBlocks: 2000 });
    const code = await writer.exited;
    assert.notEqual(code, 0);
    assert.match(writer.errors, /FatalJournalError|in doubt/);
    const acknowledged = writer.last;
    assert.ok(acknowledged > 0 && acknowledged < 10_000);
    const journal = await open(directory);
    assert.ok(wholeCommits(await contents(journal)) >= acknowledged);
    await journal.close();
  });
});

describe('formats', () => {
  /** As a first format might have been: task records keyed by their bare id, with a member that is gone since. */
  const formatZero = [
    put('ecs.tasks', 'one', '{"id":"one","cluster":"blue","legacy":true}'),
    put('ecs.tasks', 'two', '{"id":"two","cluster":"red","legacy":false}'),
    put('ecs.leftovers', 'x', '{}'),
  ];
  const migrations: Migration[] = [
    {
      version: 1,
      migrate: (record) => {
        if (record.table === 'ecs.leftovers') return undefined;
        const { id, cluster } = JSON.parse(record.value) as { id: string; cluster: string };
        return { table: record.table, key: `${cluster}/${id}`, value: JSON.stringify({ id, cluster }) };
      },
    },
    { version: 2, migrate: (record) => ({ ...record, table: 'ecs.task' }) },
  ];
  const migrated = {
    'ecs.task blue/one': '{"id":"one","cluster":"blue"}',
    'ecs.task red/two': '{"id":"two","cluster":"red"}',
  };

  test('an older journal is migrated step by step, once', async (t) => {
    const directory = freshDirectory(t);
    const old = await open(directory, { formatVersion: 0 });
    await old.commit(formatZero);
    await old.close();
    const young = await open(directory, { formatVersion: 2, migrations });
    assert.deepEqual(await contents(young), migrated);
    await young.close();
    const again = await open(directory, { formatVersion: 2, migrations: [] });
    assert.deepEqual(await contents(again), migrated);
    await again.close();
  });

  test('a journal that has the records of all tables in one is divided, and goes on from there', async (t) => {
    const directory = freshDirectory(t);
    const database = new DatabaseSync(join(directory, 'journal.sqlite'));
    database.exec(`
      CREATE TABLE records (id INTEGER PRIMARY KEY, tbl TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL);
      CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
      INSERT INTO records (tbl, key, value) VALUES ('a', '1', '{"v":1}'), ('b', '1', '{"v":2}'), ('a', '2', '{"v":3}');
      INSERT INTO meta VALUES ('journalId', '${'0f'.repeat(16)}'), ('formatVersion', 1), ('sequence', 5);
    `);
    database.close();
    for (const sequence of [5, 6]) {
      const journal = await open(directory);
      assert.deepEqual(await contents(journal), {
        'a 1': sequence === 5 ? '{"v":1}' : '{"v":4}',
        'a 2': '{"v":3}',
        'b 1': '{"v":2}',
      });
      await journal.commit([put('a', '1', '{"v":4}')]);
      await journal.close();
    }
    assert.equal((await verifyJournal(directory)).sequence, 7);
  });

  test('a migration that fails leaves the journal as it was', async (t) => {
    const directory = freshDirectory(t);
    const old = await open(directory, { formatVersion: 0 });
    await old.commit(formatZero);
    await old.close();
    const failing: Migration = {
      version: 1,
      migrate: ({ key }) => {
        throw new Error(`cannot read ${key}`);
      },
    };
    await assert.rejects(open(directory, { formatVersion: 1, migrations: [failing] }), /cannot read/);
    await assert.rejects(open(directory, { formatVersion: 1, migrations: [] }), JournalError);
    const young = await open(directory, { formatVersion: 2, migrations });
    assert.deepEqual(await contents(young), migrated);
    await young.close();
  });

  test('a journal of a newer version is refused', async (t) => {
    const directory = freshDirectory(t);
    const young = await open(directory, { formatVersion: 7 });
    await young.close();
    await assert.rejects(open(directory, { formatVersion: 6 }), /newer Longshore: its format is 7.* up to 6/);
  });
});

describe('verifying', () => {
  test('a sound journal is counted, a record that is no JSON object is named', async (t) => {
    const directory = freshDirectory(t);
    await commitAll(directory, [put('a', '1', '{}'), put('a', '2', '{}')], [put('b', '1', '{}'), remove('a', '2')]);
    assert.deepEqual(await verifyJournal(directory), {
      sequence: 2,
      formatVersion: 1,
      records: { a: 1, b: 1 },
      problems: [],
    });
    await commitAll(directory, [put('b', '2', '{"torn":')]);
    assert.deepEqual((await verifyJournal(directory)).problems, ['record 2 of b is not a JSON object']);
  });

  test('where there is no journal none is made', async (t) => {
    const directory = freshDirectory(t);
    await assert.rejects(verifyJournal(directory), JournalError);
    await assert.rejects(verifyJournal(directory), JournalError);
  });
});

function freshDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'longshore-journal-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function open(directory: string, options: Partial<Parameters<typeof openSqliteJournal>[0]> = {}): Promise<Journal> {
  return openSqliteJournal({ directory, formatVersion: 1, migrations: [], ...options });
}

async function commitAll(directory: string, ...groups: Parameters<Journal['commit']>[0][]): Promise<void> {
  const journal = await open(directory);
  for (const group of groups) await journal.commit(group);
  await journal.close();
}

/** The number of commits a writer made, which must be there without a gap. */
function wholeCommits(found: Readonly<Record<string, string>>): number {
  const last = Number(found['crash last'] ?? 0);
  assert.equal(Object.keys(found).length, last === 0 ? 0 : last + 1);
  for (let number = 1; number <= last; number += 1) assert.ok(found[`crash commit-${number}`], `commit ${number}`);
  return last;
}

/** The commits that a directory still gives, or that it is refused. */
function tryCount(directory: string, acceptLoss: boolean): number | 'refused' {
  let file: SqliteFile;
  try {
    file = SqliteFile.open({ directory, formatVersion: 1, acceptLoss, onFatal: fail });
  } catch (error) {
    assert.ok(error instanceof JournalError, String(error));
    return 'refused';
  }
  const found = Object.fromEntries([...file.records()].map(({ table, key, value }) => [`${table} ${key}`, value]));
  file.close();
  return wholeCommits(found);
}

function copyJournal(from: string, to: string): void {
  mkdirSync(to);
  for (const name of ['journal.sqlite', 'journal.sqlite-wal', 'journal.high']) {
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name));
  }
}

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
  writeFileSync(path, bytes);
}

/** A disk of 4 MiB. Needs the right to mount; without it the test says so and is skipped. */
function smallDisk(t: TestContext): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'longshore-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(directory);
    t.skip(`no small disk can be mounted here: ${String(error)}`);
    return undefined;
  }
  t.after(() => {
    execFileSync('umount', [directory]);
    rmdirSync(directory);
  });
  return directory;
}

/** A journal-writer.ts process. */
class Writer {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  readonly exited: Promise<number | null>;
  #wake: () => void = () => undefined;
  last = 0;
  errors = '';

  constructor(
    t: TestContext,
    directory: string,
    { from, to, bytes = 500, fileBlocks }: { from: number; to: number; bytes?: number; fileBlocks?: number },
  ) {
    const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks};`;
    const command = `${limit} exec "$0" "$@"`;
    const args = [writerFile, directory, String(from), String(to), String(bytes)];
    this.#process = spawn('sh', ['-c', command, process.execPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => this.#process.kill('SIGKILL'));
    this.exited = once(this.#process, 'exit').then(([code]) => code as number | null);
    const { stdout, stderr } = this.#process;
    assert.ok(stdout && stderr);
    stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    const lines = createInterface(stdout);
    lines.on('line', (line) => {
      if (line !== 'open') this.last = Number(line);
      this.#wake();
    });
    this.#ended = once(lines, 'close').then(() => this.#wake());
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async acknowledged(number: number): Promise<void> {
    while (this.last < number) {
      assert.equal(this.#process.exitCode, null, this.errors);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The last commit that was acknowledged. */
  async kill(): Promise<number> {
    this.#process.kill('SIGKILL');
    await this.exited;
    await this.#ended;
    return this.last;
  }
}

function fail(error: Error): never {
  throw error;
}
