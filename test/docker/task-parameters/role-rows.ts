// The roles of a task: what a container is given of them.
import assert from 'node:assert/strict';
import { facts, row, type Row, type Scene } from './table.ts';

/** Made before the rows run, for the tasks of ECS to assume. */
export const tableRole = { name: 'table', arn: 'arn:aws:iam::000000000000:role/table' } as const;

/** Asks for the task's credentials as AWS's SDKs do. */
export const fetchCredentials = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new("169.254.170.2:80") or die $!; print $s "GET $ENV{AWS_CONTAINER_CREDENTIALS_RELATIVE_URI} HTTP/1.0\\r\\nHost: 169.254.170.2\\r\\n\\r\\n"; local $/; $_ = <$s>; s/.*?\\r\\n\\r\\n//s; print'`;

const withRole: Scene = {
  definition: {
    networkMode: 'bridge',
    taskRoleArn: tableRole.arn,
    containerDefinitions: [{ name: 'app', command: facts({ credentials: fetchCredentials }) }],
  },
};

const overridden: Scene = {
  definition: {
    networkMode: 'bridge',
    executionRoleArn: tableRole.arn,
    containerDefinitions: [{ name: 'app', command: facts({ credentials: fetchCredentials }) }],
  },
  run: { overrides: { taskRoleArn: tableRole.arn, executionRoleArn: tableRole.arn } },
};

export const roleRows: readonly Row[] = [
  row('taskRoleArn', 'has its keys at 169.254.170.2', async ({ play }) => {
    const { fact } = await play(withRole);
    assertKeys(await fact('app', 'credentials'));
  }),
  row(['overrides.taskRoleArn', 'executionRoleArn', 'overrides.executionRoleArn'], 'are taken', async ({ play }) => {
    const { fact } = await play(overridden);
    assertKeys(await fact('app', 'credentials'));
  }),
];

function assertKeys(text: string): void {
  const keys: Readonly<Record<string, string>> = JSON.parse(text);
  assert.equal(keys['RoleArn'], tableRole.arn);
  assert.match(keys['AccessKeyId'] ?? '', /^ASIA[A-Z2-7]{16}$/);
  assert.ok(keys['SecretAccessKey'] && keys['Token']);
  const hours = (Date.parse(keys['Expiration'] ?? '') - Date.now()) / 3_600_000;
  assert.ok(hours > 5.9 && hours <= 6, `the keys last ${hours} hours`);
}
