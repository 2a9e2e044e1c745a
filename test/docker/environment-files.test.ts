// Files that a task has in S3, end to end: its execution role reads them before its containers are made.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { containersOf } from '../running/engine.ts';
import { Installation } from '../running/installation.ts';
import { createTaskRole, roleArn } from '../running/roles.ts';
import { ensureFactsImage, factsImage, outputOf } from './task-parameters/stage.ts';

const mayRead = [
  { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::env-files/app/*' },
  { Effect: 'Allow', Action: 's3:GetBucketLocation', Resource: 'arn:aws:s3:::env-files' },
];

describe('environment files', () => {
  let installation: Installation;

  before(async () => {
    await ensureFactsImage();
    installation = await Installation.start('files');
    await createTaskRole(installation, 'files', mayRead);
    const s3 = new S3Client({ ...installation.sdk, forcePathStyle: true });
    const Bucket = 'env-files';
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const [Key, Body] of [
      ['app/one.env', '# of the application\nCOLOR=green\nQUOTED="kept"\nOWN=file\n\nnothing\n'],
      ['app/two.env', 'COLOR=red\r\nSIZE=large\r\n'],
      ['secret/three.env', 'A=b\n'],
    ] as const) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    }
    s3.destroy();
  });

  after(async () => {
    await installation?.end();
  });

  const definition = (family: string, keys: readonly string[]) => ({
    family,
    networkMode: 'none',
    executionRoleArn: roleArn('files'),
    containerDefinitions: [
      {
        name: 'app',
        image: factsImage,
        memory: 32,
        environment: [{ name: 'OWN', value: 'definition' }],
        environmentFiles: keys.map((key) => ({ type: 's3', value: `arn:aws:s3:::env-files/${key}` })),
        command: ['sh', '-c', 'echo "$COLOR $SIZE $QUOTED $OWN"; echo @@end'],
      },
    ],
  });
  test('are the variables of a container, under those of its definition', async () => {
    const arn = await installation.run(definition('env-files', ['app/one.env', 'app/two.env']));
    const task = await installation.reaches(arn, 'STOPPED');
    const output = await outputOf(task.containers?.[0]?.runtimeId ?? '');
    assert.equal(output.split('\n')[0], 'green large "kept" definition');
  });

  test('of a launch take the place of the definition’s', async () => {
    const files = definition('env-files-override', ['app/one.env']);
    const value = 'arn:aws:s3:::env-files/app/two.env';
    const arn = await installation.run(files, {
      overrides: { containerOverrides: [{ name: 'app', environmentFiles: [{ type: 's3', value }] }] },
    });
    const task = await installation.reaches(arn, 'STOPPED');
    assert.equal((await outputOf(task.containers?.[0]?.runtimeId ?? '')).split('\n')[0], 'red large  definition');
  });

  test('that the role may not read, or that are not there, end the task before it has a container', async () => {
    for (const [key, said] of [
      [
        'secret/three.env',
        /AccessDenied: User: arn:aws:sts::000000000000:assumed-role\/files\/\S+ is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::env-files\/secret\/three\.env"/,
      ],
      // Whether it is there is told only to who may list the bucket.
      ['app/none.env', /AccessDenied: .* s3:ListBucket on resource: "arn:aws:s3:::env-files" .* status code: 403$/],
    ] as const) {
      const arn = await installation.run(definition(`env-files-${key.length}`, [key]));
      const task = await installation.reaches(arn, 'STOPPED');
      assert.equal(task.stopCode, 'TaskFailedToStart');
      assert.match(
        task.stoppedReason ?? '',
        new RegExp(`^ResourceInitializationError: failed to download env files: .*arn:aws:s3:::env-files/${key}: `),
      );
      assert.match(task.stoppedReason ?? '', said);
      assert.deepEqual(await containersOf(arn), []);
    }
  });
});
