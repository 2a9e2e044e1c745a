import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Reservation } from '../../tables.ts';
import { compileQuery } from '../query-language/query.ts';
import { type InstanceCapacity, type InstanceUsage, unused } from './capacity.ts';
import { type Candidate, refuse, type Wanted } from './filters.ts';
import { Pool } from './pool.ts';
import type { Selection } from './selection.ts';
import { narrow, type Strategy } from './strategies.ts';

/** What the plain way could choose: all instances that pass, as far as the strategies leave them. */
function equallyGood(hosts: readonly Candidate[], wanted: Wanted, strategies: readonly Strategy[]): Set<string> {
  const fitting = hosts.filter((host) => refuse(host, wanted) === undefined);
  return new Set(narrow(fitting, hosts, wanted, strategies).map(({ instance }) => instance.arn));
}

const amount = fc.constantFrom(0, 10, 20, 30, 50);
const ports = fc.constantFrom<readonly number[]>([], [], [], [80]);
const strategy = fc.constantFrom<Strategy>(
  { type: 'random' },
  { type: 'binpack', field: 'cpu' },
  { type: 'binpack', field: 'memory' },
  { type: 'spread', field: 'instanceId' },
  { type: 'spread', attribute: 'ecs.availability-zone' },
  { type: 'spread', attribute: 'rack' },
);
const request = fc.record({
  reservation: fc.record<Reservation>({
    cpuUnits: amount,
    memoryMiB: amount,
    tcpPorts: ports,
    udpPorts: fc.constant([]),
    networkInterfaces: fc.constantFrom(0, 0, 1),
    gpus: fc.constantFrom(0, 0, 1),
  }),
  strategies: fc.array(strategy, { maxLength: 4 }),
  distinctInstance: fc.constantFrom(false, false, true),
  groupKey: fc.constantFrom('c/a', 'c/b'),
  query: fc.constantFrom(
    '',
    '',
    'attribute:rack exists',
    'attribute:ecs.availability-zone != z1',
    'runningTasksCount < 2',
    'task:group == a',
    'attribute:rack == r1 or task:group != b',
  ),
  zones: fc.constantFrom(undefined, undefined, ['z1', 'z2']),
});
const host = fc.record({
  cpuUnits: fc.constantFrom(60, 100),
  memoryMiB: fc.constantFrom(60, 100),
  gpus: fc.constantFrom(0, 2),
  zone: fc.constantFrom('z1', 'z2', 'z3', undefined),
  rack: fc.constantFrom('r1', 'r2', undefined),
  agentConnected: fc.constantFrom(true, true, true, false),
});
type HostSketch = typeof host extends fc.Arbitrary<infer T> ? T : never;
type RequestSketch = typeof request extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('run' as const), request: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stop' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('register' as const), which: fc.nat(7), host }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat(7) }) },
);

test('the index chooses what filters and strategies over all instances would, through any history', () => {
  fc.assert(
    fc.property(
      fc.array(host, { minLength: 1, maxLength: 7 }),
      fc.array(request, { minLength: 4, maxLength: 4 }),
      fc.array(step, { maxLength: 40 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.9999, noNaN: true })),
      (sketches, requests, steps, chance) => {
        const world = new PoolWorld(sketches, requests);
        const fraction = (): number => Number(chance.next().value);
        for (const one of steps) {
          if (one.kind === 'run') world.run(one.request, fraction);
          if (one.kind === 'stop') world.stop(one.which);
          if (one.kind === 'register') world.register(one.which, one.host);
          if (one.kind === 'leave') world.leave(one.which);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('each of the equally good instances can be chosen', () => {
  let state = 7;
  const fraction = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
  fc.assert(
    fc.property(fc.array(host, { minLength: 1, maxLength: 6 }), request, fc.nat(4), (sketches, sketch, before) => {
      const world = new PoolWorld(sketches, [sketch]);
      for (let index = 0; index < before; index += 1) world.run(0, fraction);
      const { wanted, strategies } = world.request(0);
      const seen = new Set<string>();
      for (let round = 0; round < 150; round += 1) {
        const selection = round % 2 ? world.pool.select(wanted, strategies) : world.selection(0);
        const chosen = selection.choose(fraction);
        if (chosen) seen.add(chosen.instance.arn);
      }
      assert.deepEqual(seen, equallyGood(world.hosts(), wanted, strategies));
    }),
  );
});

/** A pool, what the plain way knows of the same instances, and tasks that come and go. */
class PoolWorld {
  readonly pool = new Pool<Candidate>();
  readonly #hosts = new Map<string, Candidate>();
  readonly #tasks: { readonly arn: string; readonly wanted: Wanted }[] = [];
  readonly #requests: readonly { readonly wanted: Wanted; readonly strategies: readonly Strategy[] }[];
  readonly #selections: (Selection<Candidate> | undefined)[] = [];

  constructor(sketches: readonly HostSketch[], requests: readonly RequestSketch[]) {
    for (const [index, sketch] of sketches.entries()) this.register(index, sketch);
    this.#requests = requests.map(({ query, zones, strategies, ...wanted }) => {
      const compiled = query === '' ? undefined : compileQuery(query);
      assert.ok(!compiled || !('error' in compiled));
      return {
        strategies,
        wanted: {
          ...wanted,
          requiredAttributes: [],
          memberOf: compiled ? [compiled] : [],
          ...(zones && { availabilityZones: zones }),
        },
      };
    });
  }

  hosts(): readonly Candidate[] {
    return [...this.#hosts.values()];
  }

  request(index: number): { readonly wanted: Wanted; readonly strategies: readonly Strategy[] } {
    const request = this.#requests[index];
    assert.ok(request);
    return request;
  }

  selection(index: number): Selection<Candidate> {
    const { wanted, strategies } = this.request(index);
    return (this.#selections[index] ??= this.pool.select(wanted, strategies));
  }

  run(index: number, fraction: () => number): void {
    const { wanted, strategies } = this.request(index);
    const good = equallyGood(this.hosts(), wanted, strategies);
    const chosen = this.selection(index).choose(fraction);
    if (!chosen) {
      assert.equal(good.size, 0);
      assert.equal([...this.pool.refusals(wanted)].length, this.#hosts.size);
      return;
    }
    const { arn } = chosen.instance;
    assert.ok(good.has(arn), `${arn} is one of ${[...good].join(', ')}`);
    this.#tasks.push({ arn, wanted });
    this.#update(arn);
  }

  stop(which: number): void {
    const [task] = this.#tasks.splice(which % Math.max(1, this.#tasks.length), 1);
    if (task) this.#update(task.arn);
  }

  leave(which: number): void {
    const arn = `host-${which}`;
    if (this.#hosts.delete(arn)) this.pool.delete(arn);
  }

  register(which: number, { zone, rack, agentConnected, ...amounts }: HostSketch): void {
    const arn = `host-${which}`;
    const capacity: InstanceCapacity = {
      ...amounts,
      networkInterfaces: 3,
      reservedTcpPorts: new Set(),
      reservedUdpPorts: new Set(),
      attributes: new Map([
        ...(zone === undefined ? [] : [['ecs.availability-zone', zone] as const]),
        ...(rack === undefined ? [] : [['rack', rack] as const]),
      ]),
    };
    const instance = {
      arn,
      agentConnected,
      clusterArn: 'c',
      ec2InstanceId: arn,
      registeredAt: 0,
      versionInfo: {},
    };
    this.#put({ instance, capacity, usage: this.#usageOf(arn) });
  }

  #update(arn: string): void {
    const host = this.#hosts.get(arn);
    if (host) this.#put({ ...host, usage: this.#usageOf(arn) });
  }

  #put(candidate: Candidate): void {
    this.#hosts.set(candidate.instance.arn, candidate);
    this.pool.set(candidate);
  }

  #usageOf(arn: string): InstanceUsage {
    let usage = unused;
    for (const { wanted } of this.#tasks.filter((task) => task.arn === arn)) {
      const { reservation, groupKey } = wanted;
      usage = {
        ...usage,
        cpuUnits: usage.cpuUnits + reservation.cpuUnits,
        memoryMiB: usage.memoryMiB + reservation.memoryMiB,
        gpus: usage.gpus + reservation.gpus,
        networkInterfaces: usage.networkInterfaces + reservation.networkInterfaces,
        tcpPorts: new Set([...usage.tcpPorts, ...reservation.tcpPorts]),
        runningTasks: usage.runningTasks + 1,
        tasksByGroup: new Map([...usage.tasksByGroup, [groupKey, (usage.tasksByGroup.get(groupKey) ?? 0) + 1]]),
      };
    }
    return usage;
  }
}
