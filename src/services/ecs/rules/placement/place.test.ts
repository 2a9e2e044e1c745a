import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Reservation } from '../../tables.ts';
import { capacityOf, type InstanceUsage, unused } from './capacity.ts';
import { type Candidate, refuse, type Wanted } from './filters.ts';
import { parseStrategies } from './parse-strategies.ts';
import { place } from './place.ts';
import type { Strategy } from './strategies.ts';

const nothing: Reservation = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [], networkInterfaces: 0, gpus: 0 };

test('a filter says in the word of AWS why an instance does not fit', () => {
  const cases: readonly (readonly [reason: string | undefined, wanted: Partial<Wanted>, host?: HostOptions])[] = [
    [undefined, {}],
    ['AGENT', {}, { agentConnected: false }],
    [undefined, { reservation: { ...nothing, cpuUnits: 100 } }],
    ['RESOURCE:CPU', { reservation: { ...nothing, cpuUnits: 101 } }],
    ['RESOURCE:CPU', { reservation: { ...nothing, cpuUnits: 50 } }, { usage: { cpuUnits: 51 } }],
    ['RESOURCE:MEMORY', { reservation: { ...nothing, memoryMiB: 101 } }],
    ['RESOURCE:GPU', { reservation: { ...nothing, gpus: 1 } }],
    [undefined, { reservation: { ...nothing, gpus: 1 } }, { gpus: ['a', 'b'], usage: { gpus: 1 } }],
    ['RESOURCE:GPU', { reservation: { ...nothing, gpus: 1 } }, { gpus: ['a', 'b'], usage: { gpus: 2 } }],
    ['RESOURCE:PORTS', { reservation: { ...nothing, tcpPorts: [22] } }],
    [undefined, { reservation: { ...nothing, udpPorts: [22] } }],
    ['RESOURCE:PORTS', { reservation: { ...nothing, udpPorts: [53] } }, { usage: { udpPorts: new Set([53]) } }],
    [undefined, { reservation: { ...nothing, tcpPorts: [53] } }, { usage: { udpPorts: new Set([53]) } }],
    [undefined, { reservation: { ...nothing, networkInterfaces: 1 } }],
    [
      'RESOURCE:ENI',
      { reservation: { ...nothing, networkInterfaces: 1 } },
      { interfaces: 2, usage: { networkInterfaces: 2 } },
    ],
    [undefined, { requiredAttributes: [{ name: 'ecs.capability.task-eni' }] }],
    ['ATTRIBUTE', { requiredAttributes: [{ name: 'ecs.capability.other' }] }],
    [undefined, { requiredAttributes: [{ name: 'stack', value: 'a' }] }],
    ['ATTRIBUTE', { requiredAttributes: [{ name: 'stack', value: 'b' }] }],
    [undefined, { cpuArchitecture: 'X86_64' }],
    ['ATTRIBUTE', { cpuArchitecture: 'ARM64' }],
    [undefined, { availabilityZones: ['zone-b', 'zone-a'] }],
    ['LOCATION', { availabilityZones: ['zone-b'] }],
    [undefined, { distinctInstance: true }],
    [
      'DistinctInstance placement constraint unsatisfied.',
      { distinctInstance: true },
      { usage: { tasksByGroup: new Map([['g', 1]]) } },
    ],
    [undefined, { distinctInstance: true }, { usage: { tasksByGroup: new Map([['other', 1]]) } }],
  ];
  for (const [reason, wanted, host] of cases) {
    assert.equal(refuse(candidate('host-1', host), wantedOf(wanted)), reason, JSON.stringify([wanted, host]));
  }
});

test('the first of several reasons is the one named', () => {
  const wanted = wantedOf({ reservation: { ...nothing, cpuUnits: 500, memoryMiB: 500 }, availabilityZones: [] });
  assert.equal(refuse(candidate('host-1'), wanted), 'RESOURCE:CPU');
  assert.equal(refuse(candidate('host-1', { agentConnected: false }), wanted), 'AGENT');
});

test('each strategy breaks the ties of the one before', () => {
  const hosts = [
    candidate('a1', { zone: 'a', usage: { memoryMiB: 10, tasksByGroup: new Map([['g', 1]]) } }),
    candidate('a2', { zone: 'a', usage: { memoryMiB: 90 } }),
    candidate('b1', { zone: 'b', usage: { memoryMiB: 20 } }),
    candidate('b2', { zone: 'b', usage: { memoryMiB: 30 } }),
    candidate('none', { zone: undefined, usage: { memoryMiB: 50 } }),
  ];
  const chosen = (...strategies: Strategy[]): string => {
    const placement = place(hosts, wantedOf({}), strategies, () => 0);
    return 'placed' in placement ? placement.placed.instance.arn : 'nothing';
  };
  const zones = { type: 'spread', attribute: 'ecs.availability-zone' } as const;
  assert.equal(chosen({ type: 'binpack', field: 'memory' }), 'a2');
  assert.equal(chosen({ type: 'spread', field: 'instanceId' }, { type: 'binpack', field: 'memory' }), 'a2');
  assert.equal(chosen(zones, { type: 'binpack', field: 'memory' }), 'b2');
  assert.equal(chosen(zones, { type: 'random' }), 'b1');
});

test('spread counts the tasks of a zone on instances without room, too', () => {
  const hosts = [
    candidate('a1', { zone: 'a', usage: { cpuUnits: 100, tasksByGroup: new Map([['g', 5]]) } }),
    candidate('a2', { zone: 'a' }),
    candidate('b1', { zone: 'b', usage: { tasksByGroup: new Map([['g', 2]]) } }),
  ];
  const placement = place(
    hosts,
    wantedOf({ reservation: { ...nothing, cpuUnits: 10 } }),
    [{ type: 'spread', attribute: 'ecs.availability-zone' }],
    () => 0,
  );
  assert.equal('placed' in placement && placement.placed.instance.arn, 'b1');
});

test('strategies are read in any case, host for instanceId, and nothing else', () => {
  const cases: readonly (readonly [
    type: 'random' | 'spread' | 'binpack',
    field: string | undefined,
    read: Strategy | undefined,
  ])[] = [
    ['random', undefined, { type: 'random' }],
    ['random', 'cpu', undefined],
    ['binpack', 'MEMORY', { type: 'binpack', field: 'memory' }],
    ['binpack', undefined, undefined],
    ['spread', 'host', { type: 'spread', field: 'instanceId' }],
    ['spread', 'instanceId', { type: 'spread', field: 'instanceId' }],
    ['spread', 'attribute:Rack', { type: 'spread', attribute: 'Rack' }],
    ['spread', 'attribute:', undefined],
    ['spread', 'cpu', undefined],
  ];
  for (const [type, field, read] of cases) {
    const parsed = parseStrategies([field === undefined ? { type } : { type, field }]);
    assert.deepEqual('strategies' in parsed ? parsed.strategies[0] : undefined, read, `${type} ${field}`);
  }
});

test('whatever is placed in whatever order, no instance is promised more than it has', () => {
  const amount = fc.integer({ min: 0, max: 60 });
  const ports = fc.uniqueArray(fc.integer({ min: 20, max: 25 }), { maxLength: 2 });
  const reservation: fc.Arbitrary<Reservation> = fc.record({
    cpuUnits: amount,
    memoryMiB: amount,
    tcpPorts: ports,
    udpPorts: ports,
    networkInterfaces: fc.integer({ min: 0, max: 1 }),
    gpus: fc.integer({ min: 0, max: 1 }),
  });
  const strategy = fc.constantFrom<Strategy>(
    { type: 'random' },
    { type: 'binpack', field: 'cpu' },
    { type: 'binpack', field: 'memory' },
    { type: 'spread', field: 'instanceId' },
    { type: 'spread', attribute: 'ecs.availability-zone' },
  );
  const request = fc.record({
    reservation,
    strategies: fc.array(strategy, { maxLength: 3 }),
    distinct: fc.boolean(),
    draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(request, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (requests, size) => {
      let hosts = Array.from({ length: size }, (_, index) =>
        candidate(`host-${index}`, { zone: index % 2 ? 'a' : 'b', interfaces: 3, gpus: ['x', 'y'] }),
      );
      for (const { reservation: wantedRoom, strategies, distinct, draw } of requests) {
        const wanted = wantedOf({ reservation: wantedRoom, distinctInstance: distinct });
        const placement = place(hosts, wanted, strategies, () => draw);
        if ('refused' in placement) {
          assert.equal(placement.refused.length, hosts.length);
          assert.ok(hosts.every((host) => refuse(host, wanted) !== undefined));
          continue;
        }
        const chosen = placement.placed;
        assert.ok(!distinct || !chosen.usage.tasksByGroup.has('g'));
        for (const port of wantedRoom.tcpPorts) assert.ok(port !== 22 && !chosen.usage.tcpPorts.has(port));
        for (const port of wantedRoom.udpPorts) assert.ok(!chosen.usage.udpPorts.has(port));
        hosts = hosts.map((host) => (host === chosen ? { ...host, usage: withTask(host.usage, wantedRoom) } : host));
      }
      for (const { capacity, usage } of hosts) {
        assert.ok(usage.cpuUnits <= capacity.cpuUnits && usage.memoryMiB <= capacity.memoryMiB);
        assert.ok(usage.gpus <= capacity.gpus && usage.networkInterfaces <= capacity.networkInterfaces);
      }
    }),
  );
});

interface HostOptions {
  readonly agentConnected?: boolean;
  readonly zone?: string | undefined;
  readonly gpus?: readonly string[];
  readonly interfaces?: number;
  readonly usage?: Partial<InstanceUsage>;
}

function candidate(arn: string, options: HostOptions = {}): Candidate {
  const { agentConnected = true, gpus = [], interfaces, usage = {} } = options;
  const zone = 'zone' in options ? options.zone : 'zone-a';
  return {
    instance: {
      arn,
      agentConnected,
      clusterArn: 'cluster',
      ec2InstanceId: `i-${arn}`,
      registeredAt: 0,
      versionInfo: { agentVersion: '1.80.0' },
    },
    capacity: capacityOf({
      registeredResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 100 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 100 },
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22'] },
        { name: 'GPU', type: 'STRINGSET', stringSetValue: gpus },
        ...(interfaces === undefined ? [] : [{ name: 'ENI', type: 'INTEGER', integerValue: interfaces }]),
      ],
      attributes: [
        { name: 'ecs.capability.task-eni' },
        { name: 'ecs.cpu-architecture', value: 'x86_64' },
        { name: 'stack', value: 'a' },
        ...(zone === undefined ? [] : [{ name: 'ecs.availability-zone', value: zone }]),
      ],
    }),
    usage: { ...unused, ...usage },
  };
}

function wantedOf(wanted: Partial<Wanted>): Wanted {
  return { reservation: nothing, requiredAttributes: [], distinctInstance: false, groupKey: 'g', ...wanted };
}

function withTask(usage: InstanceUsage, room: Reservation): InstanceUsage {
  return {
    ...usage,
    cpuUnits: usage.cpuUnits + room.cpuUnits,
    memoryMiB: usage.memoryMiB + room.memoryMiB,
    gpus: usage.gpus + room.gpus,
    networkInterfaces: usage.networkInterfaces + room.networkInterfaces,
    tcpPorts: new Set([...usage.tcpPorts, ...room.tcpPorts]),
    udpPorts: new Set([...usage.udpPorts, ...room.udpPorts]),
    tasksByGroup: new Map([['g', (usage.tasksByGroup.get('g') ?? 0) + 1]]),
  };
}
