import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimDisk } from '../../world/sim/sim-disk.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimLife } from '../../world/sim/sim-life.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import {
  comparePlaces,
  type EventLines,
  type InputEvent,
  type LogFiles,
  type LogRange,
  type StoredEvent,
} from './contract.ts';
import { createLogFiles } from './log-files.ts';

const streamId = '0123456789abcdef0123456789abcdef';
const unlimited = { maxEvents: 1_000_000, maxBytes: 1_000_000_000 };

/** A host with a disk, and log files of so small limits that files roll and segments overlap all the time. */
function host(seed: number) {
  const clock = new SimClock({ dueRunsByItself: true });
  const disk = new SimDisk(new SimRandom(seed));
  let life = new SimLife(clock, 'server');
  const open = (): LogFiles =>
    createLogFiles({
      directory: '/data/logs',
      disk: disk.as(life),
      hash: simHash,
      log: new SimLog(clock),
      limits: { segmentBytes: 400, fileBytes: 1500, groupBytes: 700 },
    });
  return {
    disk,
    open,
    crash: (ending: 'process' | 'machine'): LogFiles => {
      life.end(ending);
      if (ending === 'machine') disk.losePower();
      life = new SimLife(clock, 'server');
      return open();
    },
  };
}

function batch(events: readonly InputEvent[], sources: readonly { name: string; from: string; to: string }[] = []) {
  return { ingestionTime: 5_000_000, events, sources };
}

/** The same events as the lines of one text. */
function asLines(events: readonly InputEvent[]): EventLines {
  const text = new TextEncoder().encode(events.map(({ message }) => message).join('\n'));
  return { text, count: events.length, runs: events.map(({ timestamp }) => [timestamp, 1]) };
}

async function readAll(
  files: LogFiles,
  direction: LogRange['direction'],
  maxEvents: number,
  range: Partial<LogRange> = {},
) {
  let all: StoredEvent[] = [];
  let place: Partial<LogRange> = {};
  for (;;) {
    const page = await files.read(streamId, { ...range, ...place, direction, maxEvents, maxBytes: unlimited.maxBytes });
    all = direction === 'forward' ? [...all, ...page.events] : [...page.events, ...all];
    const edge = direction === 'forward' ? page.events.at(-1) : page.events[0];
    if (page.complete || !edge) return all;
    place = direction === 'forward' ? { after: edge } : { before: edge };
  }
}

const messages = (events: readonly { readonly message: string }[]): string[] => events.map(({ message }) => message);

test('what was added is read back in order of time, whatever order it came in', async () => {
  const files = host(1).open();
  await files.append(
    streamId,
    batch([
      { timestamp: 2000, message: 'c' },
      { timestamp: 3000, message: 'é\n' },
    ]),
  );
  await files.append(
    streamId,
    batch([
      { timestamp: 1000, message: '\uFEFFa' },
      { timestamp: 2000, message: 'd' },
    ]),
  );
  const page = await files.read(streamId, { direction: 'forward', ...unlimited });
  assert.deepEqual(messages(page.events), ['\uFEFFa', 'c', 'd', 'é\n']);
  assert.equal(page.complete, true);
  assert.deepEqual(await files.summary(streamId), {
    firstEventTime: 1000,
    lastEventTime: 3000,
    lastIngestionTime: 5_000_000,
    storedBytes: 9 + 4 * 26,
  });
});

test('a batch that a source sends again is stored once, also when the first answer has not come yet', async () => {
  const machine = host(2);
  const files = machine.open();
  const first = batch([{ timestamp: 1, message: 'x' }], [{ name: 'c/stdout', from: '', to: '0001' }]);
  const outcomes = await Promise.all([files.append(streamId, first), files.append(streamId, first)]);
  assert.deepEqual(outcomes, [
    { kind: 'added', nextPosition: 1 },
    { kind: 'repeated', cursors: { 'c/stdout': '0001' } },
  ]);
  const again = machine.crash('machine');
  assert.equal((await again.append(streamId, first)).kind, 'repeated');
  const next = batch([{ timestamp: 2, message: 'y' }], [{ name: 'c/stdout', from: '0001', to: '0002' }]);
  assert.equal((await again.append(streamId, next)).kind, 'added');
  assert.deepEqual(messages(await readAll(again, 'forward', 10)), ['x', 'y']);
});

test('a batch that follows is stored right after what it follows, and else not at all', async () => {
  const files = host(1).open();
  const part = (from: string, to: string, follows: boolean) => ({
    ...batch([{ timestamp: 1000, message: to }]),
    sources: [{ name: 'app/stdout', from, to, follows }],
  });
  assert.equal((await files.append(streamId, part('1', '2', true))).kind, 'early');
  const both = [files.append(streamId, part('', '1', false)), files.append(streamId, part('1', '2', true))];
  assert.deepEqual(
    (await Promise.all(both)).map(({ kind }) => kind),
    ['added', 'added'],
  );
  assert.equal((await files.append(streamId, part('3', '4', true))).kind, 'early');
  assert.equal((await files.append(streamId, part('1', '2', true))).kind, 'repeated');
  assert.equal((await files.append(streamId, part('3', '4', false))).kind, 'added');
  assert.deepEqual(messages(await readAll(files, 'forward', 10)), ['1', '2', '4']);
});

test('a write that fails is reported to all who waited, and the stream goes on from what the disk holds', async () => {
  const machine = host(3);
  const files = machine.open();
  await files.append(streamId, batch([{ timestamp: 1, message: 'kept' }]));
  machine.disk.failWhen((path) => (path.endsWith('.events') ? new Error('no space left on device') : undefined));
  const refused = await Promise.allSettled(
    ['a', 'b', 'c'].map((message) => files.append(streamId, batch([{ timestamp: 2, message }]))),
  );
  assert.deepEqual(
    refused.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  machine.disk.failWhen(undefined);
  await files.append(streamId, batch([{ timestamp: 3, message: 'after' }]));
  assert.deepEqual(messages(await readAll(files, 'forward', 10)), ['kept', 'after']);
});

test('a removed stream is empty, and its directory is gone', async () => {
  const files = host(4).open();
  await files.append(streamId, batch([{ timestamp: 1, message: 'x' }]));
  assert.deepEqual(await files.streams(), [streamId]);
  await files.remove(streamId);
  assert.deepEqual(await files.streams(), []);
  assert.deepEqual(await readAll(files, 'forward', 10), []);
});

test('retention deletes files that are older as a whole, keeps positions going and the cursors of sources in use', async () => {
  const machine = host(5);
  let files = machine.open();
  for (let index = 0; index < 40; index += 1) {
    const source = { name: 's', from: String(index).padStart(3, '0'), to: String(index + 1).padStart(3, '0') };
    await files.append(streamId, batch([{ timestamp: index, message: 'm'.repeat(100) }], [source]));
  }
  await files.dropBefore(streamId, 30);
  const kept = await readAll(files, 'forward', 7);
  assert.ok(kept.length >= 10 && kept.length < 30, `${kept.length} events kept`);
  assert.equal(kept.at(-1)?.position, 39);
  await files.dropBefore(streamId, 1000);
  assert.deepEqual(await readAll(files, 'forward', 7), []);
  files = machine.crash('machine');
  assert.deepEqual(await files.append(streamId, batch([{ timestamp: 50, message: 'new' }])), {
    kind: 'added',
    nextPosition: 41,
  });
});

const batchTimes = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 12 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      batches: fc.array(batchTimes, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      start: fc.integer({ min: -1, max: 500 }),
      length: fc.integer({ min: 0, max: 500 }),
      page: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      ending: fc.constantFrom('process' as const, 'machine' as const),
      batches: fc.array(batchTimes, { maxLength: 4 }),
      turns: fc.integer({ min: 0, max: 12 }),
    }),
  },
);

test('random appends, reads and crashes give what a plain list gives: nothing acknowledged is lost, nothing is doubled', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), fc.integer(), async (steps, seed) => {
      const machine = host(seed);
      let files = machine.open();
      let model: StoredEvent[] = [];
      let made = 0;
      let nextPosition = 0;
      const eventsOf = (times: readonly number[]): InputEvent[] =>
        times
          .toSorted((a, b) => a - b)
          .map((timestamp) => ({ timestamp, message: `${(made += 1)} ${'x'.repeat(made % 60)}` }));
      // Every other batch comes as lines.
      const sent = (events: readonly InputEvent[]) => ({
        ...batch(events),
        ...(made++ % 2 === 0 ? {} : { events: asLines(events) }),
      });
      for (const action of steps) {
        if (action.kind === 'append') {
          const batches = action.batches.map(eventsOf);
          await Promise.all(batches.map((events) => files.append(streamId, sent(events))));
          for (const { timestamp, message } of batches.flat()) {
            model.push({ time: timestamp, message, position: nextPosition, ingestionTime: 5_000_000 });
            nextPosition += 1;
          }
          model.sort(comparePlaces);
        } else if (action.kind === 'read') {
          const range = { startTime: action.start, endTime: action.start + action.length };
          const expected = model.filter(({ time }) => time >= range.startTime && time < range.endTime);
          assert.deepEqual(await readAll(files, 'forward', action.page, range), expected);
          assert.deepEqual(await readAll(files, 'backward', action.page, range), expected);
        } else {
          const batches = action.batches.map(eventsOf);
          // What a process that is about to die says of them, nobody hears.
          for (const events of batches) files.append(streamId, sent(events)).catch(() => undefined);
          for (let turn = 0; turn < action.turns; turn += 1) await Promise.resolve();
          files = machine.crash(action.ending);
          const found = await readAll(files, 'forward', 1000);
          const survived = new Set(messages(found));
          for (const event of model) assert.ok(survived.has(event.message), `acknowledged ${event.message} survived`);
          // Of those that nobody was told about, some first batches may have survived: whole, and in the order sent.
          const extra = found
            .filter((event) => event.position >= nextPosition)
            .toSorted((a, b) => a.position - b.position);
          const whole = batches.map((_, index) => messages(batches.slice(0, index + 1).flat()));
          assert.ok(
            [[], ...whole].some((sent) => sent.join('|') === messages(extra).join('|')),
            'no batch survived in part',
          );
          assert.equal(found.length, model.length + extra.length);
          model = found;
          nextPosition += extra.length;
        }
      }
    }),
    { numRuns: 150 },
  );
});
