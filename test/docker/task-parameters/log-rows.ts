// Where a container's output goes.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import type { CreateSecretResponse } from '@aws-sdk/client-secrets-manager';
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

/** Options of drivers that are secrets, for all rows of one installation. */
let secretsArn: Promise<string> | undefined;
function secretsOf({ client }: Stage): Promise<string> {
  secretsArn ??= client
    .call<CreateSecretResponse>('secretsmanager', 'CreateSecret', {
      Name: 'table-logs',
      SecretString: JSON.stringify({
        token: 'the-token',
        tag: 'of-the-secret',
        facility: 'local3',
        group: '/table/elsewhere',
        region: 'eu-west-1',
        wrong: 'wrong',
      }),
    })
    .then(({ ARN = '' }) => ARN);
  return secretsArn;
}

/** As `logging`; `secret` gives options by the member of the secret that holds each. */
async function loggingWithSecrets(
  stage: Stage,
  logDriver: string,
  options: Readonly<Record<string, string>>,
  secret: Readonly<Record<string, string>>,
  others: readonly { readonly name: string; readonly valueFrom: string }[] = [],
): Promise<Scene> {
  const arn = await secretsOf(stage);
  const members = Object.entries(secret).map(([name, key]) => ({ name, valueFrom: `${arn}:${key}::` }));
  const secretOptions = [...members, ...others];
  const command = ['sh', '-c', 'echo a line of output'];
  return {
    definition: {
      networkMode: 'none',
      executionRoleArn: 'arn:aws:iam::000000000000:role/table',
      containerDefinitions: [{ name: 'app', command, logConfiguration: { logDriver, options, secretOptions } }],
    },
  };
}

/** What a driver of the engine sends to a port of this machine while the scene plays, once it has `mark`. */
async function received(
  stage: Stage,
  kind: 'tcp' | 'udp',
  mark: string,
  scene: (port: number) => Promise<Scene>,
): Promise<string> {
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
    const { task } = await stage.play(await scene(port));
    assert.equal(task.containers?.[0]?.exitCode, 0, task.stoppedReason ?? '');
    return await eventually(`${mark} at the receiver`, async () =>
      got.includes(mark) && got.includes('a line of output') ? got : undefined,
    );
  } finally {
    server?.close();
    socket?.close();
  }
}

/** Why a task whose options the engine or its driver does not take did not start. */
async function refusedByEngine(stage: Stage, scene: Promise<Scene>): Promise<string> {
  const { task } = await stage.play(await scene);
  assert.equal(task.stopCode, 'TaskFailedToStart');
  return task.stoppedReason ?? '';
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
    awslogs('unnamed', { 'awslogs-create-group': 'true', 'awslogs-stream-prefix': undefined }, 'echo here'),
  ]),
};

const made = { group: '/table/made', region: 'us-east-1' };

/** The messages of one container's stream, once there are so many. */
function messagesOf(
  stage: Stage,
  seen: Seen,
  name: string,
  count: number,
  { group, region, stream }: { readonly group: string; readonly region: string; readonly stream?: string } = made,
): Promise<readonly string[]> {
  const logStreamName = stream ?? `rows/${name}/${(seen.task.taskArn ?? '').split('/').at(-1)}`;
  return eventually(`${count} events of ${name}`, async () => {
    const input = { logGroupName: group, logStreamName, startFromHead: true };
    const { events = [] } = await stage.client.call<GetLogEventsResponse>(
      'logs',
      'GetLogEvents',
      input,
      undefined,
      region,
    );
    return events.length >= count ? events.map(({ message = '' }) => message) : undefined;
  });
}

const driverWithSecrets = container(
  'logConfiguration.logDriver',
  'logConfiguration.secretOptions[].name',
  'logConfiguration.secretOptions[].valueFrom',
);

export const logRows: readonly Row[] = [
  row(
    container('logConfiguration.logDriver', 'logConfiguration.options'),
    'awslogs: the group is made, the stream has prefix, container and task in its name or the container’s id, and each line is an event',
    async (stage) => {
      const seen = await stage.play(shipped);
      assert.deepEqual(await messagesOf(stage, seen, 'plain', 2), ['one', 'two']);
      const unnamed = { ...made, stream: seen.idOf('unnamed') };
      assert.deepEqual(await messagesOf(stage, seen, 'unnamed', 1, unnamed), ['here']);
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
    'awslogs: a group that is not there, a role that may not, a pattern or size that is none fail the task before it starts',
    async ({ play }) => {
      const of = (options: object, more: object = {}) =>
        play({ definition: { ...more, containerDefinitions: [awslogs('app', options, 'true'), sleeper] } });
      const [absent, broken, sized, blocking, denied] = await Promise.all([
        of({ 'awslogs-group': '/table/absent' }),
        of({ 'awslogs-multiline-pattern': '(' }),
        of({ 'max-buffer-size': 'plenty' }),
        of({ 'max-buffer-size': '1m', mode: 'blocking' }),
        of({}, { executionRoleArn: 'arn:aws:iam::000000000000:role/powerless' }),
      ]);
      assert.equal(absent.task.stopCode, 'TaskFailedToStart');
      assert.match(
        absent.task.stoppedReason ?? '',
        /^ResourceInitializationError: failed to validate logger args: .*ResourceNotFoundException: The specified log group does not exist/,
      );
      assert.match(
        denied.task.stoppedReason ?? '',
        /^ResourceInitializationError: failed to validate logger args: .*AccessDeniedException: User: \S+:assumed-role\/powerless\/\S+ is not authorized to perform: logs:CreateLogStream/,
      );
      assert.match(
        broken.task.stoppedReason ?? '',
        /^CannotStartContainerError: .*failed to initialize logging driver: awslogs could not parse multiline pattern key "\(": error parsing regexp: /,
      );
      assert.match(
        sized.task.stoppedReason ?? '',
        /^CannotCreateContainerError: .*error parsing option max-buffer-size: invalid size: 'plenty'/,
      );
      assert.match(
        blocking.task.stoppedReason ?? '',
        /^CannotCreateContainerError: .*max-buffer-size option is only supported with 'mode=non-blocking'/,
      );
    },
  ),
  row(
    driverWithSecrets,
    'awslogs: group, region and prefix may be secrets; a secret that is no mode fails the task before it starts',
    async (stage) => {
      await stage.client.call('ssm', 'PutParameter', { Name: '/table/prefix', Value: 'rows', Type: 'SecureString' });
      const options = { 'awslogs-create-group': 'true' };
      const secret = { 'awslogs-group': 'group', 'awslogs-region': 'region' };
      const prefix = { name: 'awslogs-stream-prefix', valueFrom: '/table/prefix' };
      const scene = await loggingWithSecrets(stage, 'awslogs', options, secret, [prefix]);
      const [seen, refused] = await Promise.all([
        stage.play(scene),
        refusedByEngine(stage, loggingWithSecrets(stage, 'awslogs', options, { ...secret, mode: 'wrong' })),
      ]);
      const elsewhere = { group: '/table/elsewhere', region: 'eu-west-1' };
      assert.deepEqual(await messagesOf(stage, seen, 'app', 1, elsewhere), ['a line of output']);
      assert.match(refused, /^CannotCreateContainerError: .*logger: logging mode not supported: wrong/);
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
  row(
    driverWithSecrets,
    'fluentd: a receiver gets the line under its tag, a secret; no number is refused',
    async (stage) => {
      const address = { 'fluentd-address': '127.0.0.1:1' };
      const [refused] = await Promise.all([
        refusedByEngine(stage, loggingWithSecrets(stage, 'fluentd', address, { 'fluentd-buffer-limit': 'wrong' })),
        received(stage, 'tcp', 'of-the-secret', (port) =>
          loggingWithSecrets(stage, 'fluentd', { 'fluentd-address': `127.0.0.1:${port}` }, { tag: 'tag' }),
        ),
      ]);
      assert.match(refused, /^Cannot(Create|Start)ContainerError: .*invalid size: 'wrong'/);
    },
  ),
  row(driverWithSecrets, 'syslog: a receiver gets the line with its tag and facility, secrets', async (stage) => {
    const address = { 'syslog-address': 'udp://127.0.0.1:1' };
    const [refused, got] = await Promise.all([
      refusedByEngine(stage, loggingWithSecrets(stage, 'syslog', address, { 'syslog-facility': 'wrong' })),
      received(stage, 'udp', 'of-the-secret', (port) =>
        loggingWithSecrets(
          stage,
          'syslog',
          { 'syslog-address': `udp://127.0.0.1:${port}` },
          { tag: 'tag', 'syslog-facility': 'facility' },
        ),
      ),
    ]);
    const local3 = 19 * 8 + 6; // RFC 3164: facility times eight and the severity, info
    assert.match(got, new RegExp(`^<${local3}>.* of-the-secret\\[\\d+\\]: a line of output`));
    assert.match(refused, /^CannotCreateContainerError: .*invalid syslog facility/);
  }),
  row(driverWithSecrets, 'gelf: a receiver gets the line with its tag, a secret', async (stage) => {
    const address = { 'gelf-address': 'udp://127.0.0.1:1' };
    const [refused, got] = await Promise.all([
      refusedByEngine(stage, loggingWithSecrets(stage, 'gelf', address, { 'gelf-compression-type': 'wrong' })),
      received(stage, 'udp', 'of-the-secret', (port) =>
        loggingWithSecrets(
          stage,
          'gelf',
          { 'gelf-address': `udp://127.0.0.1:${port}`, 'gelf-compression-type': 'none' },
          { tag: 'tag' },
        ),
      ),
    ]);
    assert.match(got, /"short_message":"a line of output"/);
    assert.match(got, /"_tag":"of-the-secret"/);
    assert.match(refused, /^CannotCreateContainerError: .*unknown value "wrong" for log opt "gelf-compression-type"/);
  }),
  row(
    driverWithSecrets,
    'splunk: its collector takes the line with the token, a secret, and refuses that of a wrong one',
    async (stage) => {
      let taken = '';
      let refused = '';
      const collector = createHttpServer((request, response) => {
        const isKnown = request.headers.authorization === 'Splunk the-token';
        request.on('data', (data: Buffer) => {
          if (isKnown) taken += data.toString();
          else refused += data.toString();
        });
        request.on('end', () => response.writeHead(isKnown || request.method === 'OPTIONS' ? 200 : 403).end('{}'));
      });
      await once(collector.listen(0, '127.0.0.1'), 'listening');
      const { port } = collector.address() as AddressInfo;
      const url = { 'splunk-url': `http://127.0.0.1:${port}` };
      const sent = async (secret: Readonly<Record<string, string>>): Promise<void> => {
        const { task } = await stage.play(await loggingWithSecrets(stage, 'splunk', url, secret));
        assert.equal(task.containers?.[0]?.exitCode, 0, task.stoppedReason ?? '');
      };
      try {
        const [unknown] = await Promise.all([
          refusedByEngine(
            stage,
            loggingWithSecrets(stage, 'splunk', url, { 'splunk-token': 'token', 'splunk-format': 'wrong' }),
          ),
          sent({ 'splunk-token': 'token', tag: 'tag' }),
          sent({ 'splunk-token': 'wrong' }),
          eventually('both lines', async () => (taken !== '' && refused !== '') || undefined),
        ]);
        assert.match(taken, /"line":"a line of output".*"tag":"of-the-secret"/);
        assert.match(refused, /a line of output/);
        assert.match(
          unknown,
          /^CannotStartContainerError: .*failed to initialize logging driver: .*[uU]nknown format specified/,
        );
      } finally {
        collector.closeAllConnections();
        collector.close();
      }
    },
  ),
  row(
    container('logConfiguration.secretOptions[].name', 'logConfiguration.secretOptions[].valueFrom'),
    'that are not there fail the task before its container is made, whatever the driver',
    async (stage) => {
      const scene = await loggingWithSecrets(stage, 'gelf', { 'gelf-address': 'udp://127.0.0.1:1' }, { tag: 'absent' });
      const { task } = await stage.play(scene);
      assert.equal(task.stopCode, 'TaskFailedToStart');
      assert.match(task.stoppedReason ?? '', /^ResourceInitializationError: .*did not contain json key absent/);
      assert.equal(task.containers?.[0]?.runtimeId, undefined);
    },
  ),
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
    const awslogs = { 'awslogs-group': 'g', 'awslogs-region': 'us-east-1' };
    assert.equal(
      await refused('awslogs', { ...awslogs, 'awslogs-format': 'json/emf', tag: 'own' }),
      'ClientException: Log driver awslogs disallows options: awslogs-format, tag',
    );
    assert.equal(
      await refused('awslogs', { ...awslogs, 'awslogs-create-group': 'false' }),
      "ClientException: Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.",
    );
    const bogus = logging('json-file', { bogus: '1' });
    assert.match(
      await refusedByEngine(stage, Promise.resolve({ definition: bogus })),
      /^CannotCreateContainerError: .*unknown log opt 'bogus' for json-file log driver/,
    );
  }),
];
