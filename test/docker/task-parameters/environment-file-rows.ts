// Environment files: what they do inside a container is in environment-files.test.ts, which has a bucket to put them in.
import assert from 'node:assert/strict';
import { container, row, type Row, type Scene } from './table.ts';

const environmentFiles = [{ value: 'arn:aws:s3:::table-bucket/app.env', type: 's3' }];

const app = (members: object): Scene['definition'] => ({
  networkMode: 'none',
  executionRoleArn: 'arn:aws:iam::000000000000:role/table',
  containerDefinitions: [{ name: 'app', command: ['true'], ...members }],
});

export const environmentFileRows: readonly Row[] = [
  row(
    [
      ...container('environmentFiles[].value', 'environmentFiles[].type'),
      'overrides.containerOverrides[].environmentFiles[].value',
      'overrides.containerOverrides[].environmentFiles[].type',
    ],
    'are read as the execution role, and end the task where it may not',
    async ({ play }) => {
      for (const scene of [
        { definition: app({ environmentFiles }) },
        { definition: app({}), run: { overrides: { containerOverrides: [{ name: 'app', environmentFiles }] } } },
      ]) {
        const { task } = await play(scene);
        assert.equal(task.stopCode, 'TaskFailedToStart');
        assert.match(
          task.stoppedReason ?? '',
          /^ResourceInitializationError: failed to download env files: .*arn:aws:s3:::table-bucket\/app\.env: \w+: |app\.env: the /,
        );
      }
    },
  ),
];
