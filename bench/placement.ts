import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { groupKey } from '../src/services/ecs/rules/placement/capacity.ts';
import { memberOfQueries } from '../src/services/ecs/rules/placement/constraints.ts';
import { parseStrategies } from '../src/services/ecs/rules/placement/parse-strategies.ts';
import { place } from '../src/services/ecs/rules/placement/place.ts';
import { candidateOf, type InstanceCandidate, openPlacement } from '../src/services/ecs/placement-index.ts';
import { ecsState, type EcsState, instanceRecord, taskRecord } from './ecs-state.ts';
import { type Figure, median, ratioFigure } from './figure.ts';

const clusterArn = 'arn:aws:ecs:us-east-1:123456789012:cluster/bench';
const scope = { accountId: '123456789012', region: 'us-east-1' };
const runs = 7;
const decisionsPerHost = 4;

const constraints: readonly PlacementConstraint[] = [
  { type: 'memberOf', expression: 'attribute:stack in [blue, green] and attribute:ecs.instance-type =~ c5.*' },
];
const kinds: Readonly<Record<string, readonly PlacementStrategy[]>> = {
  'spread over zones, binpack memory': [
    { type: 'spread', field: 'attribute:ecs.availability-zone' },
    { type: 'binpack', field: 'memory' },
  ],
  'spread over zones, then instances': [
    { type: 'spread', field: 'attribute:ecs.availability-zone' },
    { type: 'spread', field: 'instanceId' },
  ],
};

/**
 * Decisions of placement with a memberOf constraint, required attributes and two strategies, each followed by the
 * bookkeeping of the task it placed, without writing it: the index against all instances looked at, and how its cost grows.
 */
export async function placement(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const strategies of Object.values(kinds)) indexedMs(5_000, strategies); // warm-up
  for (const [kind, strategies] of Object.entries(kinds)) {
    const [at1000, at5000, at10000, plain] = [
      new Array<number>(),
      new Array<number>(),
      new Array<number>(),
      new Array<number>(),
    ];
    for (let run = 0; run < runs; run += 1) {
      at1000.push(indexedMs(1_000, strategies));
      at5000.push(indexedMs(5_000, strategies));
      at10000.push(indexedMs(10_000, strategies));
      plain.push(plainMs(5_000, strategies));
    }
    const rate = 1000 / median(at5000);
    figures.push({
      name: `placement decisions a second, ${kind}`,
      subject: `5,000 hosts, memberOf and required attributes, CPU time, median of ${runs}`,
      anchor: 'every instance looked at',
      ours: `${Math.round(rate).toLocaleString('en')}/s`,
      anchors: `${Math.round(1000 / median(plain)).toLocaleString('en')}/s`,
      value: `${Math.round(rate).toLocaleString('en')}/s`,
      goal: '≥ 150,000/s',
      held: rate >= 150_000,
    });
    figures.push(
      ratioFigure({
        name: `placement decision, growth of cost, ${kind}`,
        subject: 'at 10,000 hosts',
        anchor: 'at 1,000 hosts',
        oursMs: median(at10000),
        anchorMs: median(at1000),
        atMost: 2,
      }),
    );
  }
  return figures;
}

/** Milliseconds of CPU time of one decision, garbage collection included: other processes share the machine. */
function indexedMs(hosts: number, strategies: readonly PlacementStrategy[]): number {
  const state = filled(hosts);
  const count = hosts * decisionsPerHost;
  const fraction = seeded();
  const pool = { launchType: 'EC2', clusterArn, scope } as const;
  const open = () => openPlacement(state.reader, pool, wanted(), parsed(strategies));
  let placement = open();
  placement.choose(fraction); // builds the index
  const started = process.cpuUsage();
  for (let index = 0; index < count; index += 1) {
    if (index % 10 === 0) placement = open(); // as often as RunTask with its ten tasks
    put(state, placement.choose(fraction), index);
  }
  return cpuMs(started) / count;
}

function plainMs(hosts: number, strategies: readonly PlacementStrategy[]): number {
  const state = filled(hosts);
  const fraction = seeded();
  const candidates = state.instances.map((instance) => candidateOf(state.reader, instance));
  const count = 50; // each takes as long as a thousand by the index
  const started = process.cpuUsage();
  for (let index = 0; index < count; index += 1) {
    const now = candidates.map(({ instance }) => candidateOf(state.reader, instance));
    const found = place(now, wanted(), parsed(strategies), fraction);
    put(state, 'placed' in found ? found.placed : undefined, index);
  }
  return cpuMs(started) / count;
}

function cpuMs(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

function filled(hosts: number): EcsState {
  return ecsState(
    Array.from({ length: hosts }, (_, index) =>
      instanceRecord(clusterArn, index, {
        cpuUnits: 16 * 1024,
        memoryMiB: 32 * 1024,
        attributes: {
          'ecs.availability-zone': `us-east-1${'abc'[index % 3] ?? ''}`,
          'ecs.instance-type': index % 10 === 0 ? 't3.large' : 'c5.4xlarge',
          stack: ['blue', 'green', 'red'][(index % 7) % 3] ?? '',
          'ecs.capability.task-eni': '',
        },
      }),
    ),
  );
}

const sizesMiB = [128, 256, 512, 384];
const [small, ...larger] = sizesMiB.map((memoryMiB, index) =>
  taskRecord(clusterArn, '', index, { cpuUnits: 100, memoryMiB, group: 'service:web' }),
);

function put(state: EcsState, chosen: InstanceCandidate | undefined, index: number): void {
  if (!chosen || !small) throw new Error('there is room for every task of this bench');
  const task = larger[index % sizesMiB.length] ?? small;
  state.putTask({ ...task, containerInstanceArn: chosen.instance.arn });
}

function wanted() {
  return {
    reservation: { cpuUnits: 100, memoryMiB: 512, tcpPorts: [], udpPorts: [], networkInterfaces: 0, gpus: 0 },
    requiredAttributes: [{ name: 'ecs.capability.task-eni' }],
    cpuArchitecture: 'X86_64',
    distinctInstance: false,
    memberOf: memberOfQueries(constraints),
    groupKey: groupKey({ clusterArn, group: 'service:web' }),
  };
}

function parsed(strategies: readonly PlacementStrategy[]) {
  const read = parseStrategies(strategies.map((strategy) => ({ ...strategy })) as never);
  if ('refusal' in read) throw new Error(read.refusal.message);
  return read.strategies;
}

/** The same draws in every run. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
