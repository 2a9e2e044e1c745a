// What is refused today when a task is run, each in exact words: whoever builds one of these replaces its row.
import assert from 'node:assert/strict';
import { container, type Definition, row, type Row, type Scene } from './table.ts';

const role = 'arn:aws:iam::000000000000:role/table';
const secret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:table-AbCdEf';

function refused(of: readonly string[], member: string, scene: Scene): Row {
  return row(of, 'is refused', async (stage) => {
    assert.equal(
      await stage.refusedRun(scene),
      `ClientException: Longshore does not support running a task with ${member} yet.`,
    );
  });
}

const app = (members: object): Scene => ({
  definition: {
    networkMode: 'none',
    executionRoleArn: role,
    containerDefinitions: [{ name: 'app', command: ['true'], ...members }],
  },
});

const volume = (members: object, more: object = {}): Scene => ({
  definition: {
    networkMode: 'none',
    volumes: [{ name: 'data', ...members }],
    containerDefinitions: [{ name: 'app', command: ['true'] }],
    ...more,
  },
});

const plain: Definition = app({}).definition;

export const refusedRows: readonly Row[] = [
  refused(['taskRoleArn'], 'taskRoleArn', { definition: { ...plain, taskRoleArn: role } }),
  refused(['overrides.taskRoleArn'], 'overrides.taskRoleArn', {
    definition: plain,
    run: { overrides: { taskRoleArn: role } },
  }),
  row(['executionRoleArn', 'overrides.executionRoleArn'], 'are taken', async ({ play }) => {
    await play({ definition: plain, run: { overrides: { executionRoleArn: role } } });
  }),
  refused(
    container('secrets[].name', 'secrets[].valueFrom'),
    'containerDefinitions[app].secrets',
    app({ secrets: [{ name: 'S', valueFrom: secret }] }),
  ),
  refused(
    container('environmentFiles[].value', 'environmentFiles[].type'),
    'containerDefinitions[app].environmentFiles',
    app({ environmentFiles: [{ value: 'arn:aws:s3:::bucket/app.env', type: 's3' }] }),
  ),
  refused(
    [
      'overrides.containerOverrides[].environmentFiles[].value',
      'overrides.containerOverrides[].environmentFiles[].type',
    ],
    'overrides.containerOverrides[app].environmentFiles',
    {
      definition: plain,
      run: {
        overrides: {
          containerOverrides: [
            { name: 'app', environmentFiles: [{ value: 'arn:aws:s3:::bucket/app.env', type: 's3' }] },
          ],
        },
      },
    },
  ),
  refused(
    container('repositoryCredentials.credentialsParameter'),
    'containerDefinitions[app].repositoryCredentials',
    app({ repositoryCredentials: { credentialsParameter: secret } }),
  ),
  refused(
    container('logConfiguration.secretOptions[].name', 'logConfiguration.secretOptions[].valueFrom'),
    'containerDefinitions[app].logConfiguration.secretOptions',
    app({
      logConfiguration: {
        logDriver: 'splunk',
        options: { 'splunk-url': 'http://127.0.0.1:1' },
        secretOptions: [{ name: 'splunk-token', valueFrom: secret }],
      },
    }),
  ),
  refused(
    [
      'fileSystemId',
      'rootDirectory',
      'transitEncryption',
      'transitEncryptionPort',
      'authorizationConfig.accessPointId',
      'authorizationConfig.iam',
    ].map((member) => `volumes[].efsVolumeConfiguration.${member}`),
    'volumes[data].efsVolumeConfiguration',
    volume({
      efsVolumeConfiguration: {
        fileSystemId: 'fs-12345678',
        rootDirectory: '/',
        transitEncryption: 'ENABLED',
        transitEncryptionPort: 2049,
        authorizationConfig: { accessPointId: 'fsap-12345678', iam: 'ENABLED' },
      },
    }),
  ),
  refused(
    ['fileSystemArn', 'rootDirectory', 'transitEncryptionPort', 'accessPointArn'].map(
      (member) => `volumes[].s3filesVolumeConfiguration.${member}`,
    ),
    'taskRoleArn',
    volume(
      {
        s3filesVolumeConfiguration: {
          fileSystemArn: 'arn:aws:s3files:us-east-1:000000000000:file-system/fs-1',
          rootDirectory: '/',
          transitEncryptionPort: 2049,
        },
      },
      { taskRoleArn: role },
    ),
  ),
  refused(
    ['fileSystemId', 'rootDirectory', 'authorizationConfig.credentialsParameter', 'authorizationConfig.domain'].map(
      (member) => `volumes[].fsxWindowsFileServerVolumeConfiguration.${member}`,
    ),
    'volumes[data].fsxWindowsFileServerVolumeConfiguration',
    volume({
      fsxWindowsFileServerVolumeConfiguration: {
        fileSystemId: 'fs-12345678',
        rootDirectory: 'share',
        authorizationConfig: { credentialsParameter: secret, domain: 'example.com' },
      },
    }),
  ),
  refused(
    container('credentialSpecs[]'),
    'containerDefinitions[app].credentialSpecs',
    app({ credentialSpecs: ['credentialspec:arn:aws:s3:::bucket/spec.json'] }),
  ),
  refused(
    container('resourceRequirements[].type', 'resourceRequirements[].value', 'resourceRequirements[].sharingStrategy'),
    'containerDefinitions[app].resourceRequirements',
    app({ resourceRequirements: [{ type: 'GPU', value: '1' }] }),
  ),
  refused(
    ['type', 'value', 'sharingStrategy'].map(
      (member) => `overrides.containerOverrides[].resourceRequirements[].${member}`,
    ),
    'overrides.containerOverrides[app].resourceRequirements',
    {
      definition: plain,
      run: {
        overrides: { containerOverrides: [{ name: 'app', resourceRequirements: [{ type: 'GPU', value: '1' }] }] },
      },
    },
  ),
  row(container('versionConsistency'), 'is checked', async (stage) => {
    assert.equal(
      await stage.refusedRegistration(app({ versionConsistency: 'perhaps' }).definition),
      'InvalidParameterException: versionConsistency should be one of [enabled,disabled]',
    );
  }),
];
