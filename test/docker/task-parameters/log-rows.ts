// Where a container's output goes.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import type { GetLogEventsResponse } from '@aws-sdk/client-cloudwatch-logs';
import { host as onHost } from '../../running/engine.ts';
import { eventually } from '../../running/eventually.ts';
import { container, type Definition, row, type Row, type Scene, type Seen, type Stage, together } from './table.ts';

const logging = (
  logDriver: string,
  options: Readonly<Record<string, string>>,
  script = 'echo a line of output',
): Definition => ({
  networkMode: 'none',
  containerDefinitions: [{ name: 'app', command: ['sh', '-c', script], logConfiguration: { logDriver, options } }],
});

const sleeper = { name: 'sleeper', stopTimeout: 2, command: ['sleep', '1000'] };

const kept: Scene = {
  definition: logging('json-file', { 'max-size': '1m', labels: 'com.amazonaws.ecs.container-name' }),
};

/** What a driver of the engine sends to a port of this machine while the scene plays. */
async function received(stage: Stage, kind: 'tcp' | 'udp', scene: (port: number) => Scene): Promise<string> {
  let got = '';
  const take = (data: Buffer): void => {
    got += data.toString('latin1');
  };
  const server = kind === 'tcp' ? createServer((socket) => socket.on('data', take)) : undefined;
  const socket = kind === 'udp' ? createSocket('udp4').on('message', take) : undefined;
  if (server) await once(server.listen(0, '127.0.0.1'), 'listening');
  if (socket) await once(socket.bind(0, '127.0.0.1'), 'listening');
  const address = server?.address() ?? socket?.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const { task } = await stage.play(scene(port));
    assert.equal(task.containers?.[0]?.exitCode, 0, task.stoppedReason ?? '');
    return await eventually('the line at the receiver', async () =>
      got.includes('a line of output') ? got : undefined,
    );
  } finally {
    server?.close();
    socket?.close();
  }
}

const awslogs = (name: string, options: object, script: string) => ({
  name,
  essential: false,
  command: ['sh', '-c', script],
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': '/table/made',
      'awslogs-region': 'us-east-1',
      'awslogs-stream-prefix': 'rows',
      ...options,
    },
  },
});

const shipped: Scene = {
  definition: together([
    awslogs('plain', { 'awslogs-create-group': 'true' }, 'echo one; echo two'),
    awslogs(
      'pattern',
      { 'awslogs-create-group': 'true', 'awslogs-multiline-pattern': '^(INFO|ERROR)' },
      'echo INFO up; echo ERROR broken; echo "  at one"; echo "  at two"; echo INFO down',
    ),
    awslogs(
      'dated',
      {
        'awslogs-create-group': 'true',
        'awslogs-datetime-format': '\\[%Y-%m-%d %H:%M:%S\\]',
      },
      'echo "[2026-11-22 16:17:46] up"; echo "and running"; echo "[2026-11-22 16:17:47] down"',
    ),
    awslogs(
      'hurried',
      { 'awslogs-create-group': 'true', mode: 'non-blocking', 'max-buffer-size': '2k' },
      'echo before; sleep 0.3; printf "%04000d\\n" 0; sleep 0.3; echo after',
    ),
  ]),
};

/** The messages of one container's stream, once there are so many. */
function messagesOf(stage: Stage, seen: Seen, name: string, count: number): Promise<readonly string[]> {
  const logStreamName = `rows/${name}/${(seen.task.taskArn ?? '').split('/').at(-1)}`;
  return eventually(`${count} events of ${name}`, async () => {
    const { events = [] } = await stage.client.call<GetLogEventsResponse>('logs', 'GetLogEvents', {
      logGroupName: '/table/made',
      logStreamName,
      startFromHead: true,
    });
    return events.length >= count ? events.map(({ message = '' }) => message) : undefined;
  });
}

export const logRows: readonly Row[] = [
  row(
    container('logConfiguration.logDriver', 'logConfiguration.options'),
    'awslogs: the group is made, the stream has prefix, container and task in its name, and each line is an event',
    async (stage) => {
      const seen = await stage.play(shipped);
      assert.deepEqual(await messagesOf(stage, seen, 'plain', 2), ['one', 'two']);
    },
  ),
  row(
    container('logConfiguration.options'),
    'awslogs: lines are one event by awslogs-multiline-pattern or awslogs-datetime-format',
    async (stage) => {
      const seen = await stage.play(shipped);
      assert.deepEqual(await messagesOf(stage, seen, 'pattern', 3), [
        'INFO up\n',
        'ERROR broken\n  at one\n  at two\n',
        'INFO down\n',
      ]);
      assert.deepEqual(await messagesOf(stage, seen, 'dated', 2), [
        '[2026-11-22 16:17:46] up\nand running\n',
        '[2026-11-22 16:17:47] down\n',
      ]);
    },
  ),
  row(
    container('logConfiguration.options'),
    'awslogs: in mode non-blocking, what does not fit into max-buffer-size is dropped',
    async (stage) => {
      const seen = await stage.play(shipped);
      assert.deepEqual(await messagesOf(stage, seen, 'hurried', 2), ['before', 'after']);
    },
  ),
  row(
    container('logConfiguration.options'),
    'awslogs: a group that is not there, or a pattern that is none, fails the task before it starts',
    async ({ play }) => {
      const of = (options: object) =>
        play({ definition: { containerDefinitions: [awslogs('app', options, 'true'), sleeper] } });
      const [absent, broken] = await Promise.all([
        of({ 'awslogs-group': '/table/absent' }),
        of({ 'awslogs-multiline-pattern': '(' }),
      ]);
      assert.equal(absent.task.stopCode, 'TaskFailedToStart');
      assert.match(
        absent.task.stoppedReason ?? '',
        /^ResourceInitializationError: failed to validate logger args: .*ResourceNotFoundException: The specified log group does not exist/,
      );
      assert.match(
        broken.task.stoppedReason ?? '',
        /^CannotCreateContainerError: awslogs could not parse multiline pattern key "\(": /,
      );
    },
  ),
  row(
    container('logConfiguration.logDriver', 'logConfiguration.options'),
    'json-file: the engine keeps the output as its options say',
    async ({ play }) => {
      const seen = await play(kept);
      assert.deepEqual((await seen.inspect('app')).HostConfig.LogConfig, {
        Type: 'json-file',
        Config: { 'max-size': '1m', labels: 'com.amazonaws.ecs.container-name' },
      });
      assert.equal(await seen.output('app'), 'a line of output\n');
    },
  ),
  row(container('logConfiguration.logDriver'), 'fluentd: a receiver gets the line and its tag', async (stage) => {
    const got = await received(stage, 'tcp', (port) => ({
      definition: logging('fluentd', { 'fluentd-address': `127.0.0.1:${port}`, tag: 'of-the-table' }),
    }));
    assert.match(got, /of-the-table/);
  }),
  row(container('logConfiguration.logDriver'), 'syslog: a receiver gets the line and its tag', async (stage) => {
    const got = await received(stage, 'udp', (port) => ({
      definition: logging('syslog', { 'syslog-address': `udp://127.0.0.1:${port}`, tag: 'of-the-table' }),
    }));
    assert.match(got, /of-the-table\[\d+\]: a line of output/);
  }),
  row(container('logConfiguration.logDriver'), 'gelf: a receiver gets the line', async (stage) => {
    const got = await received(stage, 'udp', (port) => ({
      definition: logging('gelf', { 'gelf-address': `udp://127.0.0.1:${port}`, 'gelf-compression-type': 'none' }),
    }));
    assert.match(got, /"short_message":"a line of output"/);
  }),
  row(container('logConfiguration.logDriver'), 'splunk: its collector gets the line with the token', async (stage) => {
    let got = '';
    const server = createHttpServer((request, response) => {
      request.on('data', (data: Buffer) => (got += `${request.headers.authorization ?? ''} ${data.toString()}`));
      request.on('end', () => response.end('{"text":"Success","code":0}'));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      await stage.play({
        definition: logging('splunk', {
          'splunk-url': `http://127.0.0.1:${port}`,
          'splunk-token': 'the-token',
          'splunk-verify-connection': 'false',
        }),
      });
      assert.match(
        await eventually('the line at the collector', async () => (got.includes('a line of output') ? got : undefined)),
        /^Splunk the-token /,
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }),
  row(
    container('logConfiguration.logDriver'),
    'journald: the journal gets it, or the engine says that there is none',
    async (stage) => {
      const { task, inspect } = await stage.play({ definition: logging('journald', { tag: 'of-the-table' }) });
      const [app] = task.containers ?? [];
      if (app?.exitCode === 0) {
        assert.equal((await inspect('app')).HostConfig.LogConfig.Type, 'journald');
        await eventually(
          'the line in the journal',
          async () =>
            (await onHost('journalctl', `CONTAINER_ID_FULL=${app.runtimeId}`)).includes('a line of output') ||
            undefined,
        );
        return;
      }
      assert.equal(task.stopCode, 'TaskFailedToStart');
      assert.match(
        task.stoppedReason ?? '',
        /^CannotStartContainerError: .*failed to initialize logging driver: journald is not enabled on this host/,
      );
    },
  ),
  row(container('logConfiguration.options'), 'that are wrong are refused, by us or by the engine', async (stage) => {
    const refused = (driver: string, options: Readonly<Record<string, string>>): Promise<string> =>
      stage.refusedRegistration(logging(driver, options));
    assert.equal(
      await refused('awslogs', { 'awslogs-group': 'g' }),
      'ClientException: Log driver awslogs requires options: awslogs-region',
    );
    assert.equal(
      await refused('splunk', {}),
      'ClientException: Log driver splunk requires options: splunk-token, splunk-url',
    );
    const { task } = await stage.play({ definition: logging('json-file', { bogus: '1' }) });
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.match(
      task.stoppedReason ?? '',
      /^CannotCreateContainerError: .*unknown log opt 'bogus' for json-file log driver/,
    );
  }),
];
