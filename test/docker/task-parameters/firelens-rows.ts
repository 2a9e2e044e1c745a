// Log routers: what the agent gives them, and that the output of the others reaches them.
import assert from 'node:assert/strict';
import { eventually } from '../../running/eventually.ts';
import { container, facts, row, type Row, type Scene, type Seen } from './table.ts';

/** Stands in for a router: tells its configuration, then all that comes over the socket that this names. */
function receiver(path: string): readonly string[] {
  const script = [
    '$| = 1',
    `open F, "<", "${path}" or die $!; undef $/; $text = <F>; print "$text\\n"`,
    '$text =~ m{(/\\S+fluent.sock)} or die "no socket"',
    '$socket = IO::Socket::UNIX->new(Local => $1, Listen => 5) or die $!',
    '$port = IO::Socket::INET->new(LocalPort => 24224, Listen => 5, ReuseAddr => 1) or die $!',
    '$all = IO::Select->new($socket, $port)',
    'while (@ready = $all->can_read) { for $one (@ready) { if ($one == $socket || $one == $port) { $all->add(scalar $one->accept) } elsif (sysread $one, $bytes, 65536) { $bytes =~ tr/\\x20-\\x7e//cd; print "got $bytes\\n" } else { $all->remove($one) } } }',
  ].join('; ');
  return ['perl', '-MIO::Socket::UNIX', '-MIO::Socket::INET', '-MIO::Select', '-e', script];
}

const send = `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "$ENV{FLUENT_HOST}:$ENV{FLUENT_PORT}") or die $@; print $s "sent by hand"'`;

const fluentBit: Scene = {
  definition: {
    networkMode: 'bridge',
    containerDefinitions: [
      {
        name: 'router',
        memory: 64,
        stopTimeout: 2,
        firelensConfiguration: {
          type: 'fluentbit',
          options: { 'config-file-type': 'file', 'config-file-value': '/fluent-bit/etc/own.conf' },
        },
        command: receiver('/fluent-bit/etc/fluent-bit.conf'),
      },
      {
        name: 'app',
        essential: false,
        logConfiguration: {
          logDriver: 'awsfirelens',
          options: {
            Name: 'cloudwatch',
            region: 'us-east-1',
            'exclude-pattern': 'boring',
            'log-driver-buffer-limit': '2097152',
          },
        },
        command: ['sh', '-c', `echo routed output; ${send}`],
      },
    ],
  },
  until: 'RUNNING',
};

const fluentd: Scene = {
  definition: {
    networkMode: 'awsvpc',
    containerDefinitions: [
      {
        name: 'router',
        stopTimeout: 2,
        firelensConfiguration: { type: 'fluentd', options: { 'enable-ecs-log-metadata': 'false' } },
        command: receiver('/fluentd/etc/fluent.conf'),
      },
      {
        name: 'app',
        essential: false,
        logConfiguration: { logDriver: 'awsfirelens', options: { '@type': 'stdout' } },
        command: [...facts({ environment: 'env' }, 'echo routed output')],
      },
    ],
  },
  until: 'RUNNING',
};

function received(seen: Seen, what: string): Promise<string> {
  return eventually(`'${what}' at the router`, async () => {
    const output = await seen.output('router');
    return output.includes(what) ? output : undefined;
  });
}

export const firelensRows: readonly Row[] = [
  row(
    container('firelensConfiguration.type', 'firelensConfiguration.options'),
    'fluentbit: the router has its configuration and gets the output of others, and what they send it',
    async ({ play }) => {
      const seen = await play(fluentBit);
      const output = await received(seen, 'routed output');
      const id = (seen.task.taskArn ?? '').split('/').at(-1);
      assert.match(output, new RegExp(`app-firelens-${id}`), 'the tag');
      assert.match(output, /Name forward\n {4}Mem_Buf_Limit 32MB\n {4}unix_path \/var\/run\/fluent\.sock/);
      assert.match(
        output,
        new RegExp(`Record ecs_task_arn ${seen.task.taskArn}\n {4}Record ecs_task_definition ${seen.family}:1`),
      );
      assert.match(output, /@INCLUDE \/fluent-bit\/etc\/own\.conf/);
      assert.match(output, /Match app-firelens\*\n {4}Exclude log boring/);
      assert.match(output, /Name cloudwatch\n {4}Match app-firelens\*\n {4}region us-east-1\n/);
      await received(seen, 'sent by hand');
      const driver = (await seen.inspect('app')).HostConfig.LogConfig;
      assert.equal(driver.Type, 'fluentd');
      assert.equal(driver.Config['fluentd-buffer-limit'], '2097152');
    },
  ),
  row(
    container('firelensConfiguration.type', 'firelensConfiguration.options'),
    'fluentd: the same in its own words, without the names of the task where it says so',
    async ({ play }) => {
      const seen = await play(fluentd);
      const output = await received(seen, 'routed output');
      assert.match(output, /<source>\n {4}@type unix\n {4}path \/var\/run\/fluent\.sock\n<\/source>/);
      assert.match(output, /bind 127\.0\.0\.1\n {4}port 24224/);
      assert.match(output, /<match app-firelens\*\*>\n {4}@type stdout\n<\/match>/);
      assert.doesNotMatch(output, /ecs_task_arn/);
      assert.match(output, /FLUENT_HOST=127\.0\.0\.1/);
    },
  ),
  row(
    container('logConfiguration.options'),
    'of a routed container that name no output fail the task and name it',
    async ({ play }) => {
      const [router, app] = fluentBit.definition.containerDefinitions;
      assert.ok(router && app);
      const logConfiguration = { logDriver: 'awsfirelens', options: { region: 'us-east-1' } };
      const { task } = await play({
        definition: { ...fluentBit.definition, containerDefinitions: [router, { ...app, logConfiguration }] },
      });
      assert.equal(task.stopCode, 'TaskFailedToStart');
      assert.match(
        task.stoppedReason ?? '',
        /^ResourceInitializationError: .*log options of container app .*missing output key Name/,
      );
    },
  ),
  row(
    container('firelensConfiguration.options'),
    'from S3 are read as the execution role, which has to be there',
    async ({ play }) => {
      const [router, app] = fluentBit.definition.containerDefinitions;
      assert.ok(router && app);
      const options = { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::bucket/fluent.conf' };
      const firelensConfiguration = { type: 'fluentbit', options };
      const { task } = await play({
        definition: { ...fluentBit.definition, containerDefinitions: [{ ...router, firelensConfiguration }, app] },
      });
      assert.equal(task.stopCode, 'TaskFailedToStart');
      assert.match(
        task.stoppedReason ?? '',
        /^ResourceInitializationError: failed to download the log router's file arn:aws:s3:::bucket\/fluent\.conf: /,
      );
    },
  ),
];
