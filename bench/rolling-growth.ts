import assert from 'node:assert/strict';
import type { Call } from '../src/aws/operation.ts';
import type { Reconciler } from '../src/control/reconciler.ts';
import { Runner } from '../src/control/runner.ts';
import { cloudwatch } from '../src/services/cloudwatch/service.ts';
import { ec2 } from '../src/services/ec2/service.ts';
import { createCluster } from '../src/services/ecs/operations/create-cluster.ts';
import { createService } from '../src/services/ecs/operations/create-service.ts';
import { registerTaskDefinition } from '../src/services/ecs/operations/register-task-definition.ts';
import { updateService } from '../src/services/ecs/operations/update-service.ts';
import { createEcsParts } from '../src/services/ecs/parts.ts';
import { applyTaskReport } from '../src/services/ecs/rules/lifecycle.ts';
import { ecsService } from '../src/services/ecs/service.ts';
import { deployments } from '../src/services/ecs/service-tables.ts';
import { containerInstances, tasks } from '../src/services/ecs/tables.ts';
import { Store } from '../src/store/store.ts';
import { MemoryJournal } from '../src/world/sim/memory-journal.ts';
import { simHash } from '../src/world/sim/sim-hash.ts';
import { SimClock } from '../src/world/sim/sim-clock.ts';
import { SimLog } from '../src/world/sim/sim-log.ts';
import { SimRandom } from '../src/world/sim/sim-random.ts';
import { turns } from '../sim/turns.ts';
import { instanceRecord } from './ecs-state.ts';
import { type Figure, median } from './figure.ts';

const [small, large] = [500, 5_000] as const;
const tasksPerHost = 20;
const rounds = 3;

/** A rolling update of a service of 5,000 tasks against one of 500, the control plane and stand-ins for agents in virtual time. */
export async function rollingGrowth(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const minimumHealthyPercent of [100, 50]) {
    const [atSmall, atLarge]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      atSmall.push(await rollingUpdateMs(small, minimumHealthyPercent));
      atLarge.push(await rollingUpdateMs(large, minimumHealthyPercent));
    }
    const growth = median(atLarge) / median(atSmall);
    // The issue asks for it to be written down; in proportion to the tasks it would be 10 ×.
    figures.push({
      name: `rolling update in simulation, ${minimumHealthyPercent}/200`,
      subject: `${large.toLocaleString('en')} tasks on ${large / tasksPerHost} hosts, CPU time`,
      anchor: `${small} tasks on ${small / tasksPerHost} hosts`,
      ours: `${(median(atLarge) / 1000).toFixed(2)} s`,
      anchors: `${(median(atSmall) / 1000).toFixed(2)} s`,
      value: `${growth.toFixed(1)} ×`,
      goal: 'none',
      held: true,
    });
  }
  return figures;
}

/** CPU time from UpdateService until the deployment is complete. */
export async function rollingUpdateMs(size: number, minimumHealthyPercent: number): Promise<number> {
  const clock = new SimClock({ turns });
  const log = new SimLog(clock);
  const parts = createEcsParts({ clock, random: new SimRandom(1), hash: simHash, log });
  const ecs = ecsService(parts);
  const services = [ecs, ec2, cloudwatch];
  const until = (isDone: () => boolean): Promise<void> => clock.runUntil(isDone, 3_600_000);
  const done = async <T>(asked: Promise<T>): Promise<T> => await clock.runUntilSettled(asked, 60_000);
  const store = await done(
    Store.open({
      journal: new MemoryJournal(clock).open(),
      clock,
      random: new SimRandom(1),
      tables: services.flatMap((service) => service.tables),
      projections: services.flatMap((service) => service.projections),
      derivations: services.flatMap((service) => service.derivations ?? []),
    }),
  );
  const context = { call: rootCall(clock), store, parts };

  await done(Promise.resolve(createCluster({ clusterName: 'bench' }, context)));
  await done(addHosts(store, size / tasksPerHost));
  for (const image of ['web:1', 'web:2']) {
    const containerDefinitions = [{ name: 'app', image, cpu: 10, memory: 16 }];
    await done(Promise.resolve(registerTaskDefinition({ family: 'web', containerDefinitions }, context)));
  }
  const runner = new Runner({ store, clock, log, reconcilers: [...ecs.reconcilers, agentsStandIn] });
  runner.start();
  const isComplete = (): boolean =>
    store.view((reader) => {
      const shown = [...reader.list(deployments)].filter(({ status }) => status !== 'INACTIVE');
      return shown.length === 1 && shown[0]?.rolloutState === 'COMPLETED';
    });
  const deploymentConfiguration = { minimumHealthyPercent, maximumPercent: 200 };
  const service = { cluster: 'bench', taskDefinition: 'web:1', desiredCount: size, deploymentConfiguration };
  await done(Promise.resolve(createService({ serviceName: 'web', ...service }, context)));
  await until(isComplete);
  const before = process.cpuUsage();
  await done(Promise.resolve(updateService({ cluster: 'bench', service: 'web', taskDefinition: 'web:2' }, context)));
  await until(isComplete);
  const { user, system } = process.cpuUsage(before);
  await done(runner.stop());
  assert.deepEqual(
    log.lines.filter((line) => line.includes(' error ')),
    [],
  );
  return (user + system) / 1000;
}

async function addHosts(store: Store, count: number): Promise<void> {
  const clusterArn = 'arn:aws:ecs:us-east-1:123456789012:cluster/bench';
  for (let number = 1; number <= count; number += 1) {
    const attributes = {
      'ecs.availability-zone': `us-east-1${'abc'.charAt(number % 3)}`,
      'com.amazonaws.ecs.capability.docker-remote-api.1.18': '',
    };
    const size = { cpuUnits: 4 * tasksPerHost * 10, memoryMiB: 4 * tasksPerHost * 16, attributes };
    await store.update((tx) => tx.put(containerInstances, instanceRecord(clusterArn, number, size)));
  }
}

/** What is wanted RUNNING runs, what is wanted STOPPED stops, each at once. */
const agentsStandIn: Reconciler = {
  name: 'agents-stand-in',
  wakes: [{ table: tasks, keys: (_reader, arn) => [arn] }],
  all: () => [],
  reconcile: (tx, env, arn) => {
    const task = tx.get(tasks, arn);
    if (!task || task.lastStatus === 'STOPPED' || task.lastStatus === 'PROVISIONING') return undefined;
    if (task.desiredStatus === 'STOPPED') {
      tx.put(tasks, applyTaskReport(task, { status: 'STOPPED', containers: [] }, env.now));
    } else if (task.lastStatus === 'PENDING') {
      tx.put(tasks, applyTaskReport(task, { status: 'RUNNING', containers: [] }, env.now));
    }
    return undefined;
  },
};

function rootCall(clock: SimClock): Call {
  const accountId = '123456789012';
  return {
    accountId,
    region: 'us-east-1',
    requestId: '00000000-0000-0000-0000-000000000001',
    service: 'ecs',
    operation: '',
    principal: { arn: `arn:aws:iam::${accountId}:root`, accountId, accessKeyId: 'AKIDEXAMPLE', userId: accountId },
    endpoint: 'http://127.0.0.1:4566',
    sourceAddress: '127.0.0.1',
    receivedAt: clock.now(),
  };
}
