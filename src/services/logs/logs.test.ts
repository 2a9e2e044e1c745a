import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../../aws/error.ts';
import type { Call } from '../../aws/operation.ts';
import { Runner } from '../../control/runner.ts';
import { createLogFiles } from '../../dataplane/log-files/log-files.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimDisk } from '../../world/sim/sim-disk.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimLife } from '../../world/sim/sim-life.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { openSimStore } from '../../world/sim/sim-store.ts';
import { startFileKeeper } from './file-keeper.ts';
import { createLiveTail } from './live-tail.ts';
import { logsService } from './service.ts';
import { logGroups, logStreams } from './tables.ts';

const day = 24 * 60 * 60 * 1000;
const call: Call = {
  accountId: '000000000000',
  region: 'eu-west-1',
  requestId: 'request',
  service: 'logs',
  operation: '',
  principal: { arn: 'arn:aws:iam::000000000000:root', accountId: '000000000000', accessKeyId: 'A', userId: '0' },
  endpoint: 'http://127.0.0.1:4566',
  sourceAddress: '127.0.0.1',
  receivedAt: 0,
};

interface Event {
  readonly message: string;
  readonly timestamp: number;
  readonly eventId: string;
  readonly logStreamName: string;
}

/** What any operation may answer: tests read what they are about. */
interface Answer {
  readonly logGroups: readonly Record<string, unknown>[];
  readonly logStreams: readonly Record<string, unknown>[];
  readonly events: readonly Event[];
  readonly nextToken?: string;
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
  readonly nextSequenceToken: string;
  readonly rejectedLogEventsInfo?: unknown;
  readonly tags: unknown;
  readonly responseStream: AsyncIterable<Record<string, unknown>>;
}

async function openLogs() {
  const clock = new SimClock({ dueRunsByItself: true });
  const log = new SimLog(clock);
  const disk = new SimDisk(new SimRandom(7)).as(new SimLife(clock, 'server'));
  const files = createLogFiles({ directory: '/logs', disk, hash: simHash, log });
  const parts = { files, clock, log, liveTail: createLiveTail() };
  const service = logsService(parts);
  const { store } = await openSimStore({ clock, tables: service.tables, projections: service.projections });
  const run = async (operation: string, input: object, caller: Call = call): Promise<Answer> => {
    const operate = service.operations[operation];
    assert.ok(operate, `${operation} is built`);
    return (await operate(input as never, { call: caller, store, parts })) as Answer;
  };
  const group = async (name: string, ...streams: readonly string[]): Promise<void> => {
    await run('CreateLogGroup', { logGroupName: name });
    for (const logStreamName of streams) await run('CreateLogStream', { logGroupName: name, logStreamName });
  };
  const put = (stream: string, events: readonly (readonly [atMs: number, message: string])[]): Promise<Answer> =>
    run('PutLogEvents', {
      logGroupName: 'g',
      logStreamName: stream,
      logEvents: events.map(([atMs, message]) => ({ timestamp: clock.now() + atMs, message })),
    });
  return { clock, store, run, group, put, files, parts, reconcilers: service.reconcilers };
}

async function refusal(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => assert.fail('it is refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AwsError, String(error));
  return `${error.code}: ${error.message}`;
}

const names = (items: readonly Record<string, unknown>[], member: string): unknown[] =>
  items.map((item) => item[member]);
const messages = (answer: Answer): string[] => answer.events.map(({ message }) => message);

test('groups are created once, described by prefix, pattern and page, and deleted with their streams and files', async () => {
  const { run, group, put, files, store, clock, parts, reconcilers } = await openLogs();
  await group('g', 'one', 'two');
  for (const name of ['/ecs/b', '/ecs/a', 'other/ecs']) await group(name);
  assert.equal(await refusal(group('g')), 'ResourceAlreadyExistsException: The specified log group already exists');
  assert.match(
    await refusal(group('no spaces')),
    /^InvalidParameterException: 1 validation error detected: Value 'no spaces' at 'logGroupName' failed to satisfy constraint/,
  );
  assert.match(await refusal(group('aws/x')), /^InvalidParameterException/);
  const prefixed = await run('DescribeLogGroups', { logGroupNamePrefix: '/ecs/' });
  assert.deepEqual(names(prefixed.logGroups, 'logGroupName'), ['/ecs/a', '/ecs/b']);
  assert.equal(prefixed.logGroups[0]?.['arn'], 'arn:aws:logs:eu-west-1:000000000000:log-group:/ecs/a:*');
  const exact = await run('DescribeLogGroups', { logGroupNamePrefix: 'g' });
  assert.deepEqual(names(exact.logGroups, 'logGroupName'), ['g']);
  const pattern = await run('DescribeLogGroups', { logGroupNamePattern: 'ecs' });
  assert.deepEqual(names(pattern.logGroups, 'logGroupName'), ['/ecs/a', '/ecs/b', 'other/ecs']);
  const first = await run('DescribeLogGroups', { limit: 3 });
  const second = await run('DescribeLogGroups', { limit: 3, nextToken: first.nextToken });
  assert.deepEqual(names([...first.logGroups, ...second.logGroups], 'logGroupName'), [
    '/ecs/a',
    '/ecs/b',
    'g',
    'other/ecs',
  ]);
  assert.equal(second.nextToken, undefined);
  assert.match(await refusal(run('DescribeLogGroups', { limit: 51 })), /Value '51' at 'limit'/);
  assert.deepEqual((await run('DescribeLogGroups', {}, { ...call, region: 'us-east-1' })).logGroups, []);

  await put('one', [[0, 'x']]);
  assert.equal((await run('DescribeLogGroups', { logGroupNamePrefix: 'g' })).logGroups[0]?.['storedBytes'], 27);
  const runner = new Runner({ store, clock, log: parts.log, reconcilers });
  runner.start();
  const stopKeeper = startFileKeeper(store, parts);
  await run('DeleteLogGroup', { logGroupName: 'g' });
  await clock.advance(5000);
  assert.deepEqual(await files.streams(), []);
  assert.equal(
    store.view((reader) => [...reader.list(logStreams)].length),
    0,
  );
  assert.equal(
    await refusal(run('DeleteLogGroup', { logGroupName: 'g' })),
    'ResourceNotFoundException: The specified log group does not exist.',
  );
  await runner.stop();
  await stopKeeper();
});

test('a protected group is not deleted before the protection is taken off', async () => {
  const { run } = await openLogs();
  await run('CreateLogGroup', { logGroupName: 'g', deletionProtectionEnabled: true });
  assert.match(await refusal(run('DeleteLogGroup', { logGroupName: 'g' })), /^ValidationException/);
  await run('PutLogGroupDeletionProtection', { logGroupIdentifier: 'g', deletionProtectionEnabled: false });
  await run('DeleteLogGroup', { logGroupName: 'g' });
});

test('streams are described by name or by their last event, in both directions and in pages', async () => {
  const { run, group, put } = await openLogs();
  await group('g', 'b', 'a', 'ab', 'silent');
  assert.equal(
    await refusal(run('CreateLogStream', { logGroupName: 'g', logStreamName: 'a' })),
    'ResourceAlreadyExistsException: The specified log stream already exists',
  );
  assert.equal(
    await refusal(run('CreateLogStream', { logGroupName: 'h', logStreamName: 'a' })),
    'ResourceNotFoundException: The specified log group does not exist.',
  );
  assert.match(
    await refusal(run('CreateLogStream', { logGroupName: 'g', logStreamName: 'a:b' })),
    /pattern: \[\^:\*\]\*/,
  );
  await put('a', [
    [-10, '1'],
    [-5, '2'],
  ]);
  await put('b', [[-20, '3']]);
  await put('ab', [[-1, '4']]);
  const list = async (input: object): Promise<unknown[]> => {
    const found: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const page = await run('DescribeLogStreams', {
        logGroupName: 'g',
        limit: 2,
        ...input,
        ...(nextToken ? { nextToken } : {}),
      });
      found.push(...names(page.logStreams, 'logStreamName'));
      nextToken = page.nextToken;
    } while (nextToken);
    return found;
  };
  assert.deepEqual(await list({}), ['a', 'ab', 'b', 'silent']);
  assert.deepEqual(await list({ descending: true }), ['silent', 'b', 'ab', 'a']);
  assert.deepEqual(await list({ logStreamNamePrefix: 'a' }), ['a', 'ab']);
  assert.deepEqual(await list({ orderBy: 'LastEventTime', descending: true }), ['ab', 'a', 'b', 'silent']);
  assert.deepEqual(await list({ orderBy: 'LastEventTime' }), ['silent', 'b', 'a', 'ab']);
  assert.equal(
    await refusal(list({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })),
    'InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.',
  );
  const now = (await openLogs()).clock.now();
  const [view] = (
    await run('DescribeLogStreams', { logGroupIdentifier: 'arn:aws:logs:eu-west-1:000000000000:log-group:g:*' })
  ).logStreams;
  assert.equal(view?.['firstEventTimestamp'], now - 10);
  assert.equal(view['lastEventTimestamp'], now - 5);
  assert.equal(view['arn'], 'arn:aws:logs:eu-west-1:000000000000:log-group:g:log-stream:a');
  await run('DeleteLogStream', { logGroupName: 'g', logStreamName: 'a' });
  assert.equal(
    await refusal(put('a', [[0, 'x']])),
    'ResourceNotFoundException: The specified log stream does not exist.',
  );
});

test('a stream made again under its old name does not have the old events', async () => {
  const { run, group, put } = await openLogs();
  await group('g', 's');
  await put('s', [[0, 'old']]);
  await run('DeleteLogStream', { logGroupName: 'g', logStreamName: 's' });
  await run('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
  assert.deepEqual(messages(await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's' })), []);
});

test('a batch is refused as a whole where AWS refuses it, and events too old, too new or expired are left out', async () => {
  const { run, group, put } = await openLogs();
  await group('g', 's');
  assert.equal(
    await refusal(
      put('s', [
        [0, 'b'],
        [-1, 'a'],
      ]),
    ),
    'InvalidParameterException: Log events in a single PutLogEvents request must be in chronological order.',
  );
  assert.equal(
    await refusal(
      put('s', [
        [-day - 1, 'a'],
        [0, 'b'],
      ]),
    ),
    'InvalidParameterException: The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
  );
  assert.equal(
    await refusal(put('s', [[0, 'x'.repeat(1_048_576 - 25)]])),
    'InvalidParameterException: Upload too large: 1048577 bytes exceeds limit of 1048576',
  );
  assert.equal(
    await refusal(put('s', [[0, 'ä'.repeat(524_276)]])),
    'InvalidParameterException: Upload too large: 1048578 bytes exceeds limit of 1048576',
  );
  assert.match(
    await refusal(
      put(
        's',
        Array.from({ length: 10_001 }, () => [0, 'x'] as const),
      ),
    ),
    /'logEvents' failed to satisfy constraint: Member must have length less than or equal to 10000/,
  );
  assert.match(await refusal(put('s', [])), /Member must have length greater than or equal to 1/);
  assert.match(await refusal(put('s', [[0, '']])), /'logEvents.1.member.message'/);
  await put('s', [[0, 'x'.repeat(1_048_576 - 26)]]);
  const mixed = await put('s', [
    [-14 * day - 1, 'old'],
    [0, 'ok'],
    [2 * 60 * 60 * 1000 + 1, 'new'],
  ]);
  assert.deepEqual(mixed.rejectedLogEventsInfo, { tooNewLogEventStartIndex: 2, tooOldLogEventEndIndex: 1 });
  await run('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
  const expired = await put('s', [
    [-2 * day, 'expired'],
    [-1, 'kept'],
  ]);
  assert.deepEqual(expired.rejectedLogEventsInfo, { expiredLogEventEndIndex: 1 });
  assert.match(expired.nextSequenceToken, /^\d{56}$/);
});

test('GetLogEvents pages in both directions and gives the same token again at the end', async () => {
  const { run, group, put } = await openLogs();
  await group('g', 's');
  const get = (input: object): Promise<Answer> =>
    run('GetLogEvents', { logGroupName: 'g', logStreamName: 's', ...input });
  const empty = await get({ startFromHead: true });
  assert.equal(
    (await get({ nextToken: empty.nextForwardToken, startFromHead: true })).nextForwardToken,
    empty.nextForwardToken,
  );
  await put(
    's',
    [1, 2, 3, 4, 5].map((index) => [index - 100, `m${index}`] as const),
  );
  assert.deepEqual(messages(await get({ nextToken: empty.nextForwardToken, startFromHead: true })), [
    'm1',
    'm2',
    'm3',
    'm4',
    'm5',
  ]);
  const head = await get({ startFromHead: true, limit: 2 });
  assert.deepEqual(messages(head), ['m1', 'm2']);
  assert.match(head.nextForwardToken, /^f\/\d{56}$/);
  assert.match(head.nextBackwardToken, /^b\/\d{56}$/);
  const next = await get({ startFromHead: true, limit: 3, nextToken: head.nextForwardToken });
  assert.deepEqual(messages(next), ['m3', 'm4', 'm5']);
  const end = await get({ startFromHead: true, nextToken: next.nextForwardToken });
  assert.deepEqual(messages(end), []);
  assert.equal(end.nextForwardToken, next.nextForwardToken);
  assert.deepEqual(messages(await get({ nextToken: end.nextBackwardToken })), ['m1', 'm2', 'm3', 'm4', 'm5']);
  await put('s', [[0, 'm6']]);
  assert.deepEqual(messages(await get({ startFromHead: true, nextToken: end.nextForwardToken })), ['m6']);

  const tail = await get({ limit: 2 });
  assert.deepEqual(messages(tail), ['m5', 'm6']);
  const before = await get({ limit: 10, nextToken: tail.nextBackwardToken });
  assert.deepEqual(messages(before), ['m1', 'm2', 'm3', 'm4']);
  const start = await get({ nextToken: before.nextBackwardToken });
  assert.deepEqual(messages(start), []);
  assert.equal(start.nextBackwardToken, before.nextBackwardToken);
  assert.equal(
    await refusal(get({ nextToken: 'f/1' })),
    'InvalidParameterException: The specified nextToken is invalid.',
  );
});

test('the start of a time range is inside it; the end is outside for GetLogEvents and inside for FilterLogEvents', async () => {
  const { run, group, put, clock } = await openLogs();
  await group('g', 's');
  await put('s', [
    [-3, 'a'],
    [-2, 'b'],
    [-1, 'c'],
  ]);
  const range = { logGroupName: 'g', startTime: clock.now() - 3, endTime: clock.now() - 2 };
  assert.deepEqual(messages(await run('GetLogEvents', { ...range, logStreamName: 's' })), ['a']);
  assert.deepEqual(messages(await run('FilterLogEvents', range)), ['a', 'b']);
});

test('FilterLogEvents gives the events of all streams in order of time, whatever the page, each once with an id of its own', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          stream: fc.constantFrom('x', 'y', 'z'),
          times: fc.array(fc.integer({ min: -50, max: 0 }), { minLength: 1, maxLength: 8 }),
        }),
        { maxLength: 12 },
      ),
      fc.integer({ min: 1, max: 7 }),
      async (batches, limit) => {
        const { run, group, put } = await openLogs();
        await group('g', 'x', 'y', 'z');
        const expected: string[] = [];
        for (const [index, { stream, times }] of batches.entries()) {
          const sorted = times.toSorted((a, b) => a - b);
          await put(
            stream,
            sorted.map((at, nth) => [at, `${index}.${nth}`] as const),
          );
          expected.push(...sorted.map((_, nth) => `${index}.${nth}`));
        }
        const found: Event[] = [];
        let nextToken: string | undefined;
        do {
          const page = await run('FilterLogEvents', { logGroupName: 'g', limit, ...(nextToken ? { nextToken } : {}) });
          assert.ok(page.events.length <= limit);
          found.push(...page.events);
          nextToken = page.nextToken;
        } while (nextToken);
        assert.deepEqual(found.map(({ message }) => message).toSorted(), expected.toSorted());
        assert.deepEqual(
          found.map(({ timestamp }) => timestamp),
          found.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b),
        );
        assert.equal(new Set(found.map(({ eventId }) => eventId)).size, found.length);
        assert.ok(found.every(({ eventId }) => /^\d{56}$/.test(eventId)));
      },
    ),
    { numRuns: 40 },
  );
});

test('FilterLogEvents takes streams by name or prefix, and a pattern', async () => {
  const { run, group, put } = await openLogs();
  await group('g', 'web/1', 'web/2', 'db');
  await put('web/1', [
    [-3, 'ERROR one'],
    [-2, 'fine'],
  ]);
  await put('web/2', [[-1, 'ERROR two']]);
  await put('db', [[0, 'ERROR three']]);
  const filter = async (input: object): Promise<string[]> =>
    messages(await run('FilterLogEvents', { logGroupName: 'g', ...input }));
  assert.deepEqual(await filter({ filterPattern: 'ERROR' }), ['ERROR one', 'ERROR two', 'ERROR three']);
  assert.deepEqual(await filter({ filterPattern: 'ERROR', logStreamNamePrefix: 'web/' }), ['ERROR one', 'ERROR two']);
  assert.deepEqual(await filter({ logStreamNames: ['db', 'web/1'] }), ['ERROR one', 'fine', 'ERROR three']);
  assert.match(
    await refusal(filter({ logStreamNames: ['db'], logStreamNamePrefix: 'w' })),
    /^InvalidParameterException/,
  );
  assert.equal(
    await refusal(filter({ logStreamNames: ['none'] })),
    'ResourceNotFoundException: The specified log stream does not exist.',
  );
});

test('what has passed the retention is shown no more, and its files go', async () => {
  const { run, group, put, clock, store, parts, files } = await openLogs();
  await group('g', 's');
  await put('s', [[0, 'x']]);
  assert.match(
    await refusal(run('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 2 })),
    /Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: \[1, 3, /,
  );
  await run('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
  assert.equal((await run('DescribeLogGroups', {})).logGroups[0]?.['retentionInDays'], 1);
  const stopKeeper = startFileKeeper(store, parts);
  await clock.advance(day + 2 * 60 * 60 * 1000);
  assert.deepEqual(messages(await run('FilterLogEvents', { logGroupName: 'g' })), []);
  const [stream] = store.view((reader) => [...reader.list(logStreams)]);
  assert.equal((await files.summary(stream?.id ?? '')).storedBytes, 0);
  await run('DeleteRetentionPolicy', { logGroupName: 'g' });
  assert.equal((await run('DescribeLogGroups', {})).logGroups[0]?.['retentionInDays'], undefined);
  await stopKeeper();
});

test('tags are given by name or ARN, laid over, taken off and limited to 50', async () => {
  const { run, store } = await openLogs();
  await run('CreateLogGroup', { logGroupName: 'g', tags: { a: '1' } });
  const resourceArn = 'arn:aws:logs:eu-west-1:000000000000:log-group:g';
  await run('TagResource', { resourceArn, tags: { b: '2', a: '3' } });
  await run('TagLogGroup', { logGroupName: 'g', tags: { c: '' } });
  assert.deepEqual((await run('ListTagsForResource', { resourceArn })).tags, { a: '3', b: '2', c: '' });
  await run('UntagResource', { resourceArn, tagKeys: ['a'] });
  await run('UntagLogGroup', { logGroupName: 'g', tags: ['c', 'none'] });
  assert.deepEqual((await run('ListTagsLogGroup', { logGroupName: 'g' })).tags, { b: '2' });
  const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, 'v']));
  assert.match(await refusal(run('TagResource', { resourceArn, tags })), /^TooManyTagsException/);
  assert.equal(
    await refusal(run('ListTagsForResource', { resourceArn: `${resourceArn}x` })),
    'ResourceNotFoundException: The specified log group does not exist.',
  );
  assert.equal(
    store.view((reader) => reader.count(logGroups, 'scope', '000000000000/eu-west-1')),
    1,
  );
});

test('a live tail hears what is put from then on, every second, and ends when the client leaves', async () => {
  const { run, group, put, clock } = await openLogs();
  await group('g', 'a', 'b');
  const answer = await run('StartLiveTail', {
    logGroupIdentifiers: ['g'],
    logStreamNamePrefixes: ['a'],
    logEventFilterPattern: 'yes',
  });
  const session = answer.responseStream[Symbol.asyncIterator]();
  assert.ok((await session.next()).value?.['sessionStart']);
  await put('a', [
    [0, 'yes 1'],
    [0, 'no'],
  ]);
  await put('b', [[0, 'yes 2']]);
  const update = session.next();
  await clock.advance(1000);
  const { sessionUpdate } = (await update).value as { sessionUpdate: { sessionResults: { message: string }[] } };
  assert.deepEqual(
    sessionUpdate.sessionResults.map(({ message }) => message),
    ['yes 1'],
  );
  await session.return?.();
});

test('what our shipper sends twice is stored once and told how far it came; other tokens are ignored', async () => {
  const { run, group, clock } = await openLogs();
  await group('g', 's');
  const put = (message: string, sequenceToken: string): Promise<Answer> =>
    run('PutLogEvents', {
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: [{ timestamp: clock.now(), message }],
      sequenceToken,
    });
  const token = `longshore:${JSON.stringify({ sources: [{ name: 'c/stdout', from: '1', to: '2' }] })}`;
  await put('a', token);
  assert.match(
    await refusal(put('a', token)),
    /^DataAlreadyAcceptedException: .*sequenceToken: longshore:\{"c\/stdout":"2"\}$/,
  );
  await put('b', 'anything');
  await put('b', 'anything');
  assert.deepEqual(messages(await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's' })), ['a', 'b', 'b']);
});

test('what our shipper sends as lines are events, each of its own time', async () => {
  const { run, group, clock } = await openLogs();
  await group('g', 's');
  const now = clock.now();
  const put = (runs: readonly (readonly number[])[]): Promise<Answer> =>
    run('PutLogEvents', {
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: [{ timestamp: now, message: 'one\ntwo\nthree' }],
      sequenceToken: `longshore:${JSON.stringify({ sources: [], runs })}`,
    });
  await put([
    [now, 2],
    [now + 5, 1],
  ]);
  const { events } = await run('GetLogEvents', { logGroupName: 'g', logStreamName: 's' });
  assert.deepEqual(
    events?.map(({ timestamp, message }) => [timestamp, message]),
    [
      [now, 'one'],
      [now, 'two'],
      [now + 5, 'three'],
    ],
  );
  assert.match(await refusal(put([[now, 2]])), /^InvalidParameterException: /);
});
