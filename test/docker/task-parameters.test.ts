// The conformance table: every parameter that a task can be given, shown by a real task from inside its containers, or
// refused in exact words. The list of parameters is AWS's model, so that none can be forgotten.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Installation } from '../running/installation.ts';
import { createTaskRole } from '../running/roles.ts';
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
import { sourceRows } from './task-parameters/source-rows.ts';
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
  ...sourceRows,
  ...refusedRows,
];

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
  let installation: Installation;
  let stage: ReturnType<typeof openStage>;

  before(async () => {
    await ensureFactsImage();
    installation = await Installation.start('parameters', {
      hasFargatePool: true,
      agentArguments: ['--attribute', 'stack=test'],
    });
    // What identity-rows.ts speaks of.
    await createTaskRole(installation, 'powerless');
    await createTaskRole(installation, 'table', [
      { Effect: 'Allow', Action: ['ssm:*', 'secretsmanager:*', 's3:*', 'logs:Create*'], Resource: '*' },
    ]);
    stage = openStage(installation.sdk, installation.client, installation.cluster, await installation.subnets());
  });

  after(async () => {
    await stage?.close();
    await installation?.end();
  });

  for (const row of rows) {
    test(`${row.of.map((path) => path.replace('containerDefinitions[].', '')).join(', ')}: ${row.shows}`, () =>
      row.prove(stage));
  }
});
