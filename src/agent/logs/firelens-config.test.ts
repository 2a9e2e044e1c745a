import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTask } from '../accept.ts';
import { container, task } from '../agent-scene.test.ts';
import type { PayloadContainer, PayloadSecret, PayloadTask } from '../contract.ts';
import { firelensConfig } from './firelens-config.ts';
import { awaitsRouterAddress, firelensOf, routedLogConfig, withRouterFirst } from './firelens.ts';

function routed(name: string, options: Readonly<Record<string, string>>): PayloadContainer {
  const hostConfig = JSON.stringify({ LogConfig: { Type: 'awsfirelens', Config: options } });
  return container(name, '', { dockerConfig: { version: '1.18', config: '{}', hostConfig } });
}

function router(type: 'fluentd' | 'fluentbit', options: Readonly<Record<string, string>> = {}): PayloadContainer {
  return container('router', '', { firelensConfiguration: { type, options } });
}

function configOf(payload: PayloadTask): string {
  const firelens = firelensOf(payload);
  assert.ok(firelens);
  return firelensConfig(payload, firelens);
}

const arn = 'arn:aws:ecs:us-east-2:012345678901:task/mycluster/3de392df6bfa470b97edaa6f482cd7a6';
const names = {
  arn,
  taskClusterArn: 'arn:aws:ecs:us-east-2:012345678901:cluster/mycluster',
  family: 'web',
  version: '3',
};
const filters = { 'include-pattern': '*failure*', 'exclude-pattern': '*success*' };

test('Fluent Bit is told of its socket, its port, filters, the task and outputs, in this order', () => {
  const options = { Name: 'kinesis_firehose', region: 'us-west-2', deliver_stream: 'my-stream', ...filters };
  assert.equal(
    configOf(task([{ ...router('fluentbit'), memory: 100 }, routed('app', options)], names)),
    `
[INPUT]
    Name forward
    Mem_Buf_Limit 50MB
    unix_path /var/run/fluent.sock

[INPUT]
    Name forward
    Listen 0.0.0.0
    Port 24224

[INPUT]
    Name tcp
    Tag firelens-healthcheck
    Listen 127.0.0.1
    Port 8877

[FILTER]
    Name grep
    Match app-firelens*
    Regex log *failure*

[FILTER]
    Name grep
    Match app-firelens*
    Exclude log *success*

[FILTER]
    Name record_modifier
    Match *
    Record ecs_cluster mycluster
    Record ecs_task_arn ${arn}
    Record ecs_task_definition web:3

[OUTPUT]
    Name null
    Match firelens-healthcheck

[OUTPUT]
    Name kinesis_firehose
    Match app-firelens*
    deliver_stream my-stream
    region us-west-2
`,
  );
});

test('Fluentd is told the same in its own words, and includes the user’s file', () => {
  const own = { 'config-file-type': 'file', 'config-file-value': '/fluentd/etc/own.conf' };
  const options = { '@type': 'stdout', 'log-driver-buffer-limit': '1048576', ...filters };
  assert.equal(
    configOf(task([router('fluentd', own), routed('app', options)], { ...names, networkMode: 'awsvpc' })),
    `
<source>
    @type unix
    path /var/run/fluent.sock
</source>

<source>
    @type forward
    bind 127.0.0.1
    port 24224
</source>

<filter app-firelens**>
    @type  grep
    <regexp>
        key log
        pattern *failure*
    </regexp>
</filter>

<filter app-firelens**>
    @type  grep
    <exclude>
        key log
        pattern *success*
    </exclude>
</filter>

<filter **>
    @type record_transformer
    <record>
        ecs_cluster mycluster
        ecs_task_arn ${arn}
        ecs_task_definition web:3
    </record>
</filter>

@include /fluentd/etc/own.conf

<match app-firelens**>
    @type stdout
</match>
`,
  );
});

test('Fluent Bit keeps half of the soft memory limit in memory where there is one', () => {
  const hostConfig = JSON.stringify({ MemoryReservation: 64 * 1024 ** 2 });
  const soft = { ...router('fluentbit'), memory: 100, dockerConfig: { version: '1.18', config: '{}', hostConfig } };
  assert.match(configOf(task([soft, routed('app', {})], names)), /Mem_Buf_Limit 32MB/);
  assert.match(configOf(task([router('fluentbit'), routed('app', {})], names)), /Mem_Buf_Limit 25MB/);
});

const secretKey: PayloadSecret = {
  name: 'apikey',
  valueFrom: '/app/key',
  region: 'us-east-1',
  provider: 'ssm',
  type: 'BOOTSTRAP',
  target: 'LOG_DRIVER',
};

for (const [type, output, shown] of [
  ['fluentbit', 'Name', 'apikey ${apikey_1}'],
  ['fluentd', '@type', `apikey "#{ENV['apikey_1']}"`],
] as const) {
  test(`a secret option of ${type} is in the configuration as a variable of the router, which has its value`, () => {
    const app = { ...routed('app', { [output]: 'http' }), secrets: [secretKey] };
    const payload = task([router(type), app], names);
    assert.ok(configOf(payload).includes(shown));
    assert.deepEqual(firelensOf(payload)?.secrets, [{ variable: 'apikey_1', secret: secretKey }]);
  });
}

test('outputs to this AWS are told where it is, unless their options name an endpoint', () => {
  const payload = task(
    [
      router('fluentbit'),
      routed('logs', { Name: 'cloudwatch_logs', region: 'us-east-1' }),
      routed('files', { Name: 's3', bucket: 'b' }),
      routed('own', { Name: 's3', endpoint: 'http://minio:9000' }),
      routed('out', { Name: 'stdout' }),
    ],
    names,
  );
  const firelens = firelensOf(payload);
  assert.ok(firelens);
  const outputs = firelensConfig(payload, firelens, 'http://169.254.170.2:4566').split('[OUTPUT]').slice(2);
  assert.deepEqual(
    outputs.map((output) => output.trim().split(/\n */).slice(2).join(', ')),
    [
      'region us-east-1, endpoint 169.254.170.2, port 4566, tls.verify off',
      'bucket b, endpoint http://169.254.170.2:4566',
      'endpoint http://minio:9000',
      '',
    ],
  );
  assert.doesNotMatch(configOf(payload), /169/, 'a task that wants no endpoint is told none');
});

test('without metadata, options or a network there is no section of them', () => {
  const bare = task([router('fluentbit', { 'enable-ecs-log-metadata': 'false' }), routed('app', {})], {
    ...names,
    networkMode: 'host',
  });
  assert.doesNotMatch(configOf(bare), /record_modifier|24224|8877|healthcheck|app-firelens/);
});

test('options that name no output are refused', () => {
  assert.throws(
    () => configOf(task([router('fluentbit'), routed('app', { region: 'us-west-2' })], names)),
    /^Error: unable to apply log options of container app to firelens config: missing output key Name which is required for firelens configuration of type fluentbit$/,
  );
});

test('containers whose output is routed start after the router, others need not', () => {
  const payload = withRouterFirst(task([router('fluentd'), routed('app', {}), container('other', '')], names));
  assert.deepEqual(
    payload.containers.map(({ dependsOn }) => dependsOn),
    [[], [{ containerName: 'router', condition: 'START' }], []],
  );
});

test('a router that waits for another container is not waited for, and its address only where it does not wait for the asker', () => {
  const dependsOn = [{ containerName: 'app', condition: 'START' as const }];
  const waiting = { ...router('fluentd'), dependsOn };
  const given = task([waiting, routed('app', {}), routed('later', {}), container('other', '')], names);
  assert.equal(withRouterFirst(given), given);
  const awaits = (name: string, over: Partial<PayloadTask> = {}): boolean =>
    awaitsRouterAddress({ ...given, ...over }, name);
  assert.deepEqual(
    ['app', 'later', 'other'].map((name) => awaits(name)),
    [false, true, false],
  );
  assert.equal(awaits('later', { networkMode: 'awsvpc' }), false, 'the address is known there');
});

test('the engine is asked to connect later by the name that its version has for it', () => {
  const config = (engineVersion: string): string =>
    Object.keys(routedLogConfig('app', {}, { directory: '/d', taskId: 'id', engineVersion }).Config).join();
  assert.match(config('19.03.15'), /fluentd-async-connect/);
  for (const version of ['20.10.24+dfsg1', '28.0.1']) assert.match(config(version), /fluentd-async,/);
});

test('Docker settings that cannot be read fail the task, and not the agent', () => {
  const broken = container('app', '', { dockerConfig: { version: '1.18', config: '{}', hostConfig: '{' } });
  assert.match(newTask(task([router('fluentd'), broken], names), 0, () => '00').failure ?? '', /^UnrecogniedTaskError/);
});
