// What a task takes from other services: environment files from S3, file systems from EFS, its image from ECR.
import assert from 'node:assert/strict';
import type { CreateServiceResponse, ListTasksResponse } from '@aws-sdk/client-ecs';
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  DescribeFileSystemsCommand,
  EFSClient,
} from '@aws-sdk/client-efs';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { docker as engine, testImage } from '../../running/engine.ts';
import { dockerCli, logIn } from '../../running/docker-cli.ts';
import { eventually } from '../../running/eventually.ts';
import { temporaryDirectory } from '../../running/server.ts';
import { factsImage, outputOf } from './stage.ts';
import { container, facts, factIn, row, type Row, type Scene, type Stage } from './table.ts';

const executionRoleArn = 'arn:aws:iam::000000000000:role/table';

const file = (key: string) => ({ type: 's3', value: `arn:aws:s3:::table-bucket/${key}` });

const told = facts({ environment: 'env' });
const fromFiles: Scene = {
  definition: {
    networkMode: 'none',
    executionRoleArn,
    containerDefinitions: [
      {
        name: 'app',
        environment: [{ name: 'OWN', value: 'definition' }],
        environmentFiles: [file('one.env')],
        command: told,
      },
      { name: 'other', essential: false, environmentFiles: [file('none.env')], command: told },
    ],
  },
  run: { overrides: { containerOverrides: [{ name: 'other', environmentFiles: [file('two.env')] }] } },
};

async function putEnvironmentFiles(stage: Stage): Promise<void> {
  const s3 = new S3Client({ ...stage.sdk, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'table-bucket' }));
  for (const [Key, Body] of [
    ['one.env', 'COLOUR=blue\nOWN=file\n'],
    ['two.env', 'COLOUR=green\n'],
  ] as const) {
    await s3.send(new PutObjectCommand({ Bucket: 'table-bucket', Key, Body }));
  }
  s3.destroy();
}

/** A file system, and an access point that makes a directory of it. */
async function makeFileSystem(
  stage: Stage,
): Promise<{ readonly fileSystemId: string; readonly accessPointId: string }> {
  const efs = new EFSClient(stage.sdk);
  const { FileSystemId = '' } = await efs.send(new CreateFileSystemCommand({ CreationToken: 'table' }));
  await eventually('an available file system', async () => {
    const { FileSystems = [] } = await efs.send(new DescribeFileSystemsCommand({ FileSystemId }));
    return FileSystems[0]?.LifeCycleState === 'available' ? true : undefined;
  });
  const { AccessPointId = '' } = await efs.send(
    new CreateAccessPointCommand({
      FileSystemId,
      RootDirectory: { Path: '/own', CreationInfo: { OwnerUid: 1234, OwnerGid: 2345, Permissions: '0750' } },
    }),
  );
  efs.destroy();
  return { fileSystemId: FileSystemId, accessPointId: AccessPointId };
}

const mounting = (efsVolumeConfiguration: object, script: string): Scene => ({
  definition: {
    networkMode: 'none',
    volumes: [{ name: 'data', efsVolumeConfiguration }],
    containerDefinitions: [
      {
        name: 'app',
        mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
        command: facts({ seen: script }),
      },
    ],
  },
});

const repository = 'table';
const says = (word: string) =>
  facts({ kind: `if command -v perl > /dev/null; then echo first; else echo second; fi` }, word);

export const sourceRows: readonly Row[] = [
  row(
    [
      ...container('environmentFiles[].value', 'environmentFiles[].type'),
      'overrides.containerOverrides[].environmentFiles[].value',
      'overrides.containerOverrides[].environmentFiles[].type',
    ],
    'are variables of the container, under those of its definition; an override’s take their place',
    async (stage) => {
      await putEnvironmentFiles(stage);
      const seen = await stage.play(fromFiles);
      const own = await seen.fact('app', 'environment');
      assert.match(own, /^COLOUR=blue$/m);
      assert.match(own, /^OWN=definition$/m);
      assert.match(await seen.fact('other', 'environment'), /^COLOUR=green$/m);
    },
  ),
  row(
    [
      'fileSystemId',
      'rootDirectory',
      'transitEncryption',
      'transitEncryptionPort',
      'authorizationConfig.accessPointId',
      'authorizationConfig.iam',
    ].map((member) => `volumes[].efsVolumeConfiguration.${member}`),
    'a directory of the file system, the access point’s or the root directory’s; one that is not there ends the task',
    async (stage) => {
      const { fileSystemId, accessPointId } = await makeFileSystem(stage);
      const byAccessPoint = await stage.play(
        mounting(
          {
            fileSystemId,
            transitEncryption: 'ENABLED',
            transitEncryptionPort: 2049,
            authorizationConfig: { accessPointId, iam: 'ENABLED' },
          },
          'stat -c "%u %g %a" /data; echo kept > /data/note',
        ),
      );
      assert.equal(await byAccessPoint.fact('app', 'seen'), '1234 2345 750');
      const [whole, deeper, absent] = await Promise.all([
        stage.play(mounting({ fileSystemId }, 'cat /data/own/note')),
        stage.play(mounting({ fileSystemId, rootDirectory: '/own' }, 'cat /data/note')),
        stage.play(mounting({ fileSystemId: 'fs-12345678' }, 'true')),
      ]);
      assert.equal(await whole.fact('app', 'seen'), 'kept');
      assert.equal(await deeper.fact('app', 'seen'), 'kept');
      assert.equal(absent.task.stopCode, 'TaskFailedToStart');
      assert.match(
        absent.task.stoppedReason ?? '',
        /^ResourceInitializationError: failed to invoke EFS utils commands .*Failed to resolve "fs-12345678\.efs"/,
      );
      const refused = { fileSystemId, authorizationConfig: { accessPointId } };
      assert.match(
        await stage.refusedRegistration(mounting(refused, 'true').definition),
        /^ClientException: .*[Tt]ransit/,
      );
    },
  ),
  row(
    container('versionConsistency'),
    'enabled: each task of a service runs the image that the first one ran; disabled: what the tag names now',
    async (stage) => {
      const directory = await temporaryDirectory();
      const docker = dockerCli(directory.path);
      const { client, cluster } = stage;
      const { repository: made } = await client.call<{ readonly repository: { readonly repositoryUri: string } }>(
        'ecr',
        'CreateRepository',
        { repositoryName: repository },
      );
      const image = `${made.repositoryUri}:1`;
      const push = async (source: string): Promise<void> => {
        await docker('tag', source, image);
        await docker('push', image);
        await docker('rmi', image);
      };
      const serviceName = 'consistent';
      const oneTaskBesides = (taskArn?: string): Promise<string> =>
        eventually('a task of the service', async () => {
          const { taskArns = [] } = await client.call<ListTasksResponse>('ecs', 'ListTasks', { cluster, serviceName });
          return taskArns.find((arn) => arn !== taskArn);
        });
      const kindsIn = async (taskArn: string): Promise<Readonly<Record<string, string>>> => {
        const { containers = [] } = await stage.reaches(taskArn, 'RUNNING');
        const kinds = containers.map(async ({ name = '', runtimeId = '' }) => {
          const output = await eventually(`what ${name} says`, async () => {
            const text = await outputOf(runtimeId);
            return text.includes('@@end') ? text : undefined;
          });
          return [name, factIn(output, 'kind')] as const;
        });
        return Object.fromEntries(await Promise.all(kinds));
      };
      try {
        await logIn(docker, await client.call('ecr', 'GetAuthorizationToken', {}));
        await push(factsImage);
        const command = says('exec sleep 1000');
        const one = { image, memory: 32, stopTimeout: 2, command };
        await client.call('ecs', 'RegisterTaskDefinition', {
          family: serviceName,
          networkMode: 'none',
          containerDefinitions: [
            { ...one, name: 'pinned', versionConsistency: 'enabled' },
            { ...one, name: 'floating', versionConsistency: 'disabled' },
          ],
        });
        const settings = { cluster, serviceName, taskDefinition: serviceName, desiredCount: 1 };
        await client.call<CreateServiceResponse>('ecs', 'CreateService', settings);
        const first = await oneTaskBesides();
        assert.deepEqual(await kindsIn(first), { pinned: 'first', floating: 'first' });
        await push(testImage);
        await client.call('ecs', 'StopTask', { cluster, task: first });
        const second = await oneTaskBesides(first);
        stage.note(first, second);
        assert.deepEqual(await kindsIn(second), { pinned: 'first', floating: 'second' });
        assert.equal(
          await stage.refusedRegistration({ containerDefinitions: [{ name: 'app', versionConsistency: 'perhaps' }] }),
          'InvalidParameterException: versionConsistency should be one of [enabled,disabled]',
        );
      } finally {
        await client.call('ecs', 'DeleteService', { cluster, service: serviceName, force: true });
        await engine.removeImage(image).catch(() => undefined); // gone already
        await directory.remove();
      }
    },
  ),
];
