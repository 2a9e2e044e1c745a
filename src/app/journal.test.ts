import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { container } from '../agent/agent-scene.test.ts';
import { logConfigOf, shippedOutput } from '../agent/logs/shipped-output.ts';
import { agentTasks } from '../agent/state.ts';
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

test('an agent’s task of format 4 ships the output of its containers to where it did', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'longshore-journal-'));
  t.after(() => rm(directory, { recursive: true }));
  const arn = 'arn:aws:ecs:us-east-1:000000000000:task/default/73ee17d31f0362b5ed5977a094adc4d3';
  const destination = { group: 'g', region: 'us-east-1', createGroup: true, startPattern: '^INFO' };
  const hostConfig = JSON.stringify({ Init: true, LogConfig: { Type: 'json-file', Config: { mode: 'non-blocking' } } });
  const names = ['app', 'sidecar', 'quiet'];
  const ofFormat4 = {
    arn,
    payload: {
      arn,
      containers: names.map((name) =>
        container(name, 'true', { dockerConfig: { version: '', config: '', hostConfig } }),
      ),
      longshore: {
        logs: [
          { containerName: 'app', stream: 'p/app/73ee17d31f0362b5ed5977a094adc4d3', ...destination },
          { containerName: 'sidecar', stream: 'sidecar/73ee17d31f0362b5ed5977a094adc4d3', ...destination },
        ],
      },
    },
    resources: { '@log app': true, '@cgroup': true },
    told: { status: 'STOPPED' },
  };
  const old = await openSqliteJournal({ directory, formatVersion: 4, migrations: [] });
  await old.commit([{ table: 'agent.tasks', key: arn, value: JSON.stringify(ofFormat4) }]);
  await old.close();
  const { clock, random, log } = realWorld();
  const journal = await openJournal(log, directory, false);
  const store = await Store.open({ journal, clock, random, tables: [agentTasks], projections: [] });
  const task = store.view((reader) => reader.get(agentTasks, arn));
  await store.close();
  assert.ok(task);
  assert.deepEqual(task.payload.longshore?.logs, ['app', 'sidecar']);
  const [app, sidecar, quiet] = task.payload.containers;
  assert.ok(app && sidecar && quiet);
  assert.equal(quiet.dockerConfig.hostConfig, hostConfig);
  const app4 = { ...destination, stream: 'p/app/73ee17d31f0362b5ed5977a094adc4d3' };
  assert.deepEqual(task.outputs, { app: { destination: app4 } }, 'of the other the stream is still to be made');
  assert.deepEqual(shippedOutput(task.payload, app).destination, app4);
  assert.deepEqual(shippedOutput(task.payload, sidecar).destination, destination, 'without a prefix');
  assert.equal(logConfigOf(sidecar)?.Config['mode'], 'non-blocking');
  assert.equal(JSON.parse(sidecar.dockerConfig.hostConfig).Init, true);
});
