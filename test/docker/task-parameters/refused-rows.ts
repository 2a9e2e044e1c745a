// What is refused today when a task is run, each in exact words: whoever builds one of these replaces its row.
import assert from 'node:assert/strict';
import { container, row, type Row, type Scene } from './table.ts';

const role = 'arn:aws:iam::000000000000:role/table';
const secret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:table-AbCdEf';

function refused(of: readonly string[], member: string, scene: Scene, because = ' yet'): Row {
  return row(of, 'is refused', async (stage) => {
    assert.equal(
      await stage.refusedRun(scene),
      `ClientException: Longshore does not support running a task with ${member}${because}.`,
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

export const refusedRows: readonly Row[] = [
  refused(
    ['fileSystemArn', 'rootDirectory', 'transitEncryptionPort', 'accessPointArn'].map(
      (member) => `volumes[].s3filesVolumeConfiguration.${member}`,
    ),
    'volumes[data].s3filesVolumeConfiguration',
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
    ': its hosts run Linux',
  ),
  refused(
    container('credentialSpecs[]'),
    'containerDefinitions[app].credentialSpecs',
    app({ credentialSpecs: ['credentialspec:arn:aws:s3:::bucket/spec.json'] }),
    ': its hosts run Linux and belong to no Active Directory domain',
  ),
];
