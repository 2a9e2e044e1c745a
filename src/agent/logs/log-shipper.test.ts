import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Call } from '../../aws/operation.ts';
import { createLogFiles } from '../../dataplane/log-files/log-files.ts';
import { createLiveTail } from '../../services/logs/live-tail.ts';
import { logsService } from '../../services/logs/service.ts';
import { Store } from '../../store/store.ts';
import { MemoryJournal } from '../../world/sim/memory-journal.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimDisk } from '../../world/sim/sim-disk.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimLife, never } from '../../world/sim/sim-life.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { type Docker, DockerError, type LogLine } from '../../world/docker.ts';
import { NetError } from '../../world/net.ts';
import type { Backend } from '../contract.ts';
import { engineOutputs } from './engine-outputs.ts';
import { createLogShipper, logCursorTable, type LogShipper } from './log-shipper.ts';
import type { LogDestination } from './shipped-output.ts';

const containerId = 'c0ffee';
/** The agent's and its server's: the destination is in another. */
const ownRegion = 'us-east-1';
const destination: LogDestination = {
  group: '/ecs/app',
  stream: 'ecs/app/1',
  region: 'eu-west-1',
  createGroup: true,
};

/**
 * A server, an agent and an engine that die apart. The engine keeps its lines, as json-file does; the server is the real
 * service on the real store and files.
 */
class Site {
  readonly clock = new SimClock();
  readonly random: SimRandom;
  readonly log = new SimLog(this.clock);
  readonly lines: LogLine[] = [];
  containerStatus: 'running' | 'exited' | 'removed' = 'running';
  /** The chance that an answer of the server is lost on its way. */
  lossChance = 0;
  calls = 0;
  readonly #serverDisk: SimDisk;
  readonly #serverJournal = new MemoryJournal(this.clock);
  readonly #agentJournal = new MemoryJournal(this.clock);
  #serverLife = new SimLife(this.clock, 'server');
  #agentLife = new SimLife(this.clock, 'agent');
  #serve: ((operation: string, input: object, region?: string) => Promise<Record<string, unknown>>) | undefined;
  #news: (() => void)[] = [];
  shipper: LogShipper | undefined;

  constructor(seed: number) {
    this.random = new SimRandom(seed);
    this.#serverDisk = new SimDisk(this.random.fork('disk'), 0.2);
  }

  async startServer(): Promise<void> {
    this.#serverLife.end('machine');
    this.#serverDisk.losePower();
    this.#serverJournal.crash();
    const life = (this.#serverLife = new SimLife(this.clock, 'server'));
    const files = createLogFiles({ directory: '/logs', disk: this.#serverDisk.as(life), hash: simHash, log: this.log });
    const parts = { files, clock: life, log: this.log, liveTail: createLiveTail() };
    const service = logsService(parts);
    const { tables, projections } = service;
    const journal = this.#serverJournal.open();
    const store = await Store.open({ journal, clock: life, random: this.random, tables, projections });
    this.#serve = async (operation, input, region = ownRegion) => {
      const run = service.operations[operation];
      assert.ok(run);
      const output = await run(input as never, { call: { ...call, region }, store, parts });
      return (output ?? {}) as Record<string, unknown>;
    };
  }

  /** Starts a new agent; the one before, if any, is killed. */
  async startAgent(): Promise<void> {
    this.#agentLife.end('process');
    this.#agentJournal.crash();
    const life = (this.#agentLife = new SimLife(this.clock, 'agent'));
    const journal = this.#agentJournal.open();
    const store = await Store.open({
      journal,
      clock: life,
      random: this.random,
      tables: [logCursorTable],
      projections: [],
    });
    const docker = this.#docker(life);
    const outputs = engineOutputs(docker);
    this.shipper = createLogShipper({
      docker,
      outputs,
      clock: life,
      log: this.log,
      store,
      backend: this.#backend(life),
    });
  }

  print(text: string, stream: LogLine['stream'] = 'stdout', bytes = new TextEncoder().encode(text)): void {
    const at = new Date(this.clock.now()).toISOString().replace('Z', '000000Z');
    this.lines.push({ stream, timestamp: at, text: bytes });
    this.#tell();
  }

  exit(): void {
    this.containerStatus = 'exited';
    this.#tell();
  }

  async stored(): Promise<string[]> {
    const input = { logGroupName: destination.group, logStreamName: destination.stream, startFromHead: true };
    const messages: string[] = [];
    for (let nextToken: unknown; ; ) {
      const asked = nextToken === undefined ? input : { ...input, nextToken };
      const page = await this.#serve?.('GetLogEvents', asked, destination.region);
      const events = page?.['events'] as readonly { readonly message: string }[];
      messages.push(...events.map(({ message }) => message));
      if (page?.['nextForwardToken'] === nextToken) return messages;
      nextToken = page?.['nextForwardToken'];
    }
  }

  /** Runs the clock until the promise has settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => undefined);
    await this.clock.runUntil(() => settled);
    return watched;
  }

  #tell(): void {
    for (const wake of this.#news.splice(0)) this.clock.soon(wake);
  }

  #backend(life: SimLife): Backend {
    return {
      region: ownRegion,
      call: async (_service, operation, input, _as, region) => {
        this.calls += 1;
        await life.pass(this.random.latencyMs(1));
        const serve = this.#serve;
        const server = this.#serverLife;
        assert.ok(serve);
        const answer = serve(operation, structuredClone(input), region).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        // The connection breaks when the server dies; the agent then cannot know what became of its call.
        const broken = new Promise<'broken'>((resolve) => {
          server.onEnd(() => resolve('broken'));
          if (!server.isAlive) resolve('broken');
        });
        const outcome = await Promise.race([answer, broken]);
        await life.pass(this.random.latencyMs(1));
        if (outcome === 'broken' || this.random.chance(this.lossChance)) throw new NetError('socket hang up');
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      },
      openSocket: () => never(),
      signFrame: () => '',
    };
  }

  #docker(life: SimLife): Pick<Docker, 'logs' | 'inspectContainer'> {
    return {
      logs: (_id, { since }, signal) => this.#logs(life, since === undefined ? 0 : Number(since), signal),
      inspectContainer: async () => {
        await life.pass(0);
        if (this.containerStatus === 'removed') return undefined;
        return { State: { Status: this.containerStatus } } as unknown as Awaited<
          ReturnType<Docker['inspectContainer']>
        >;
      },
    };
  }

  async *#logs(life: SimLife, sinceSeconds: number, signal: AbortSignal): AsyncGenerator<LogLine> {
    if (this.containerStatus === 'removed') throw new DockerError('No such container', 404);
    for (let at = 0; !signal.aborted; at += 1) {
      while (at === this.lines.length && this.containerStatus === 'running' && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#news.push(resolve);
          signal.addEventListener('abort', () => resolve());
        });
      }
      await life.pass(0);
      const line = this.lines[at];
      if (!line) return;
      if (Date.parse(line.timestamp) / 1000 >= sinceSeconds) yield line;
    }
  }
}

const call: Call = {
  accountId: '000000000000',
  region: 'eu-west-1',
  requestId: 'r',
  service: 'logs',
  operation: '',
  principal: { arn: 'arn:aws:iam::000000000000:root', accountId: '000000000000', accessKeyId: 'A', userId: '0' },
  endpoint: 'http://127.0.0.1:4566',
  sourceAddress: '127.0.0.1',
  receivedAt: 0,
};

async function openSite(seed = 1): Promise<Site & { readonly shipper: LogShipper }> {
  const site = new Site(seed);
  await site.until(site.startServer());
  await site.until(site.startAgent());
  assert.ok(site.shipper);
  return site as Site & { readonly shipper: LogShipper };
}

test('lines of both streams arrive in order, once, and soon', async () => {
  const site = await openSite();
  await site.until(site.shipper.prepare(destination));
  site.shipper.follow(containerId, destination);
  site.shipper.follow(containerId, destination);
  for (let index = 0; index < 10; index += 1) {
    site.print(`line ${index}`, index % 2 === 0 ? 'stdout' : 'stderr');
    await site.clock.advance(7);
  }
  await site.clock.advance(100);
  const expected = site.lines.map((_, index) => `line ${index}`);
  assert.deepEqual(await site.until(site.stored()), expected);
  site.print('');
  site.print('last');
  site.exit();
  await site.until(site.shipper.finished(containerId));
  assert.deepEqual(await site.until(site.stored()), [...expected, 'last']);
});

test('a line longer than an event is split between characters, and one longer than a batch takes several batches', async () => {
  const site = await openSite();
  await site.until(site.shipper.prepare(destination));
  const text = 'ä'.repeat(500_000);
  site.print(text);
  site.print('next');
  site.exit();
  site.shipper.follow(containerId, destination);
  await site.until(site.shipper.finished(containerId));
  const stored = await site.until(site.stored());
  assert.equal(stored.join(''), `${text}next`);
  assert.ok(stored.every((message) => new TextEncoder().encode(message).length <= 262_118));
});

test('a container whose group is missing cannot start unless the group may be made', async () => {
  const site = await openSite();
  await assert.rejects(site.until(site.shipper.prepare({ ...destination, createGroup: false })), {
    name: 'ResourceInitializationError',
    message:
      'failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
  });
  await site.until(site.shipper.prepare(destination));
  await site.until(site.shipper.prepare({ ...destination, createGroup: false }));
});

test('a container that is started again is followed again, from where it was', async () => {
  const site = await openSite();
  await site.until(site.shipper.prepare(destination));
  site.print('one');
  site.exit();
  site.shipper.follow(containerId, destination);
  await site.until(site.shipper.finished(containerId));
  site.containerStatus = 'running';
  site.print('two');
  site.shipper.follow(containerId, destination);
  site.exit();
  await site.until(site.shipper.finished(containerId));
  assert.deepEqual(await site.until(site.stored()), ['one', 'two']);
});

test('a container that is gone from the engine is finished', async () => {
  const site = await openSite();
  site.containerStatus = 'removed';
  site.shipper.follow(containerId, destination);
  await site.until(site.shipper.finished(containerId));
});

test('whatever dies, and whichever answers are lost, each line is stored once and in order', async () => {
  const happening = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('print' as const), lines: fc.integer({ min: 1, max: 30 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 60 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('agent' as const, 'server' as const, 'both' as const) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 30 }), fc.integer(), async (happenings, seed) => {
      const site = await openSite(seed);
      await site.until(site.shipper.prepare(destination));
      site.shipper.follow(containerId, destination);
      site.lossChance = 0.2;
      const printed: string[] = [];
      for (const event of happenings) {
        if (event.kind === 'print') {
          for (let line = 0; line < event.lines; line += 1) {
            printed.push(`line ${printed.length}`);
            site.print(`line ${printed.length - 1}`, site.random.pick(['stdout', 'stderr'] as const));
          }
        } else if (event.kind === 'wait') {
          await site.clock.advance(event.ms);
        } else {
          if (event.kind !== 'agent') await site.until(site.startServer());
          if (event.kind === 'server') continue;
          await site.until(site.startAgent());
          site.shipper?.follow(containerId, destination);
        }
      }
      site.lossChance = 0;
      site.exit();
      await site.until(site.shipper?.finished(containerId) ?? Promise.resolve());
      assert.deepEqual(await site.until(site.stored()), printed);
    }),
    { numRuns: 25 },
  );
});

test('lines are joined to the event that a line with the pattern began, which ends in time or with the container', async () => {
  const site = await openSite();
  const joined = { ...destination, startPattern: '^\\[' };
  await site.until(site.shipper.prepare(joined));
  site.shipper.follow(containerId, joined);
  for (const line of ['before all', '[1] Error: broken', '  at one', '  at two', '[2] fine']) site.print(line);
  site.print('apart', 'stderr');
  await site.clock.advance(1000);
  const first = ['before all\n', '[1] Error: broken\n  at one\n  at two\n'];
  assert.deepEqual(await site.until(site.stored()), first, 'the last of each stream waits for more');
  await site.clock.advance(7000);
  assert.deepEqual((await site.until(site.stored())).toSorted(), [...first, '[2] fine\n', 'apart\n'].toSorted());
  site.print('[3] the last');
  site.print('  of all');
  await site.clock.advance(1000);
  site.exit();
  await site.until(site.shipper.finished(containerId));
  assert.equal((await site.until(site.stored())).at(-1), '[3] the last\n  of all\n');
});

test('an event is never longer than CloudWatch Logs takes', async () => {
  const site = await openSite();
  const joined = { ...destination, startPattern: '^never$' };
  await site.until(site.shipper.prepare(joined));
  site.shipper.follow(containerId, joined);
  for (let line = 0; line < 8; line += 1) site.print('x'.repeat(50_000));
  site.exit();
  await site.until(site.shipper.finished(containerId));
  const lengths = (await site.until(site.stored())).map((message) => message.length);
  assert.deepEqual(lengths, [5 * 50_001, 3 * 50_001]);
});

test('a pattern that is none is refused before the container starts', async () => {
  const site = await openSite();
  await assert.rejects(
    site.until(site.shipper.prepare({ ...destination, startPattern: '(' })),
    /^StepError: CannotStartContainerError: .*awslogs could not parse multiline pattern key "\(": error parsing regexp: Unclosed group/,
  );
});
