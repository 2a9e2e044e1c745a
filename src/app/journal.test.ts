import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Store } from '../store/store.ts';
import { containerArnOf } from '../services/ecs/rules/container-arn.ts';
import { type TaskRecord, tasks } from '../services/ecs/tables.ts';
import { realWorld } from '../world/real/real-world.ts';
import { openSqliteJournal } from '../world/real/sqlite-journal.ts';
import { openJournal } from './journal.ts';

/** A task as format 1 kept it. */
const ofFormat1 = {
  accountId: '000000000000',
  region: 'us-east-1',
  arn: 'arn:aws:ecs:us-east-1:000000000000:task/default/73ee17d31f0362b5ed5977a094adc4d3',
  id: '73ee17d31f0362b5ed5977a094adc4d3',
  clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
  clusterName: 'default',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/web:1',
  family: 'web',
  revision: 1,
  launchType: 'EC2',
  group: 'family:web',
  overrides: {},
  enableExecuteCommand: false,
  placementConstraints: [],
  tags: [],
  attributes: [],
  reservation: { cpuUnits: 10, memoryMiB: 64, tcpPorts: [], udpPorts: [], networkInterfaces: 0, gpus: 0 },
  desiredStatus: 'RUNNING',
  lastStatus: 'RUNNING',
  containers: [
    {
      arn: 'arn:aws:ecs:us-east-1:000000000000:container/default/73ee17d31f0362b5ed5977a094adc4d3/6fbbdfdd-a408-c9c5-4600-55ed41049fdd',
      name: 'app',
      image: 'web:1',
      essential: true,
      cpu: '10',
      memory: '64',
      lastStatus: 'RUNNING',
      healthStatus: 'UNKNOWN',
      networkBindings: [],
    },
  ],
  healthStatus: 'UNKNOWN',
  createdAt: 1_795_366_409_106,
  version: 2,
};

test('a task of the first format is read as it was, its containers under the ARNs that they were given', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'longshore-journal-'));
  t.after(() => rm(directory, { recursive: true }));
  const old = await openSqliteJournal({ directory, formatVersion: 1, migrations: [] });
  await old.commit([{ table: 'ecs.tasks', key: ofFormat1.arn, value: JSON.stringify(ofFormat1) }]);
  await old.close();
  const { clock, random, log } = realWorld();
  const journal = await openJournal(log, directory, false);
  const store = await Store.open({ journal, clock, random, tables: [tasks], projections: [] });
  const task: TaskRecord | undefined = store.view((reader) => reader.get(tasks, ofFormat1.arn));
  await store.close();
  assert.deepEqual(task, ofFormat1);
  const [container] = task?.containers ?? [];
  assert.ok(task && container);
  assert.equal(containerArnOf(task, container), ofFormat1.containers[0]?.arn);
  await assert.rejects(openSqliteJournal({ directory, formatVersion: 1, migrations: [] }), /newer Longshore/);
});
