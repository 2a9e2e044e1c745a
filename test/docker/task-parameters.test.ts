// The conformance table: every parameter that a task can be given, shown by a real task from inside its containers, or
// refused in exact words. The list of parameters is AWS's model, so that none can be forgotten.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { awsCli } from '../running/aws-cli.ts';
import { clientOf, connectedInstance } from '../running/cluster.ts';
import { removeContainersOf } from '../running/engine.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
  testKeys,
} from '../running/server.ts';
import { blockVolumeRows } from './task-parameters/block-volume-rows.ts';
import { definitionRows } from './task-parameters/definition-rows.ts';
import { fileRows } from './task-parameters/file-rows.ts';
import { firelensRows } from './task-parameters/firelens-rows.ts';
import { identityRows } from './task-parameters/identity-rows.ts';
import { kernelRows } from './task-parameters/kernel-rows.ts';
import { lifeRows } from './task-parameters/life-rows.ts';
import { logRows } from './task-parameters/log-rows.ts';
import { networkRows } from './task-parameters/network-rows.ts';
import { taskParameters } from './task-parameters/parameters.ts';
import { refusedRows } from './task-parameters/refused-rows.ts';
import { ensureFactsImage, openStage } from './task-parameters/stage.ts';
import type { Row } from './task-parameters/table.ts';

const rows: readonly Row[] = [
  ...lifeRows,
  ...kernelRows,
  ...networkRows,
  ...definitionRows,
  ...fileRows,
  ...logRows,
  ...firelensRows,
  ...blockVolumeRows,
  ...identityRows,
  ...refusedRows,
];
const cluster = 'parameters';

test('every parameter of a task has a row, and no row has another', () => {
  const wanted = new Set(taskParameters());
  const present = new Set(rows.flatMap((row) => row.of));
  assert.deepEqual(
    [...wanted].filter((path) => !present.has(path)),
    [],
    'these have no row',
  );
  assert.deepEqual(
    [...present].filter((path) => !wanted.has(path)),
    [],
    'these are no parameters',
  );
});

describe('a task’s parameters', { concurrency: 6 }, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  let agent: LongshoreProcess;
  let stage: ReturnType<typeof openStage>;

  before(async () => {
    await ensureFactsImage();
    directory = await temporaryDirectory();
    server = await startServer({ dataDirectory: join(directory.path, 'server') });
    const client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    agent = startLongshore(
      ['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent'), '--attribute', 'stack=test'],
      server.environment,
    );
    const [{ Subnets = [] }] = await Promise.all([
      awsCli(server)<DescribeSubnetsResult>('ec2', 'describe-subnets'),
      connectedInstance(client, cluster),
    ]);
    const subnets = Subnets.map(({ SubnetId = '' }) => SubnetId);
    await createTableRoles(server.endpoint);
    stage = openStage(client, cluster, subnets);
  });

  after(async () => {
    await stage?.close();
    await agent?.end('SIGTERM');
    await server?.stop();
    await removeContainersOf(stage?.started ?? []);
    await directory?.remove();
  });

  for (const row of rows) {
    test(`${row.of.map((path) => path.replace('containerDefinitions[].', '')).join(', ')}: ${row.shows}`, () =>
      row.prove(stage));
  }
});

/** What identity-rows.ts speaks of. */
async function createTableRoles(endpoint: string): Promise<void> {
  const iam = new IAMClient({ endpoint, region: 'us-east-1', credentials: testKeys });
  const policy = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const trust = { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' };
  for (const RoleName of ['table', 'powerless']) {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }));
  }
  const PolicyDocument = policy({ Effect: 'Allow', Action: ['ssm:*', 'secretsmanager:*'], Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'table', PolicyName: 'read', PolicyDocument }));
}
