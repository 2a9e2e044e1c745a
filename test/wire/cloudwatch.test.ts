// CloudWatch's alarms through the SDK's own client, in each of the three protocols that clients of CloudWatch speak.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CloudWatchClient,
  CloudWatchServiceException,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  InvalidNextToken,
  ListTagsForResourceCommand,
  LimitExceededFault,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
  ResourceNotFound,
  ResourceNotFoundException,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols';
import fc from 'fast-check';
import { alarmSpanMs, alarmState } from '../../src/services/cloudwatch/public.ts';
import { type Bed, openBed, rawRequest, region, root } from './bed.ts';
import { sdkConfig } from './sdk-handler.ts';

const protocols = {
  'JSON 1.0': AwsJson1_0Protocol,
  query: AwsQueryProtocol,
  CBOR: AwsSmithyRpcV2CborProtocol,
} as const;

const scope = { accountId: root.accountId, region };
const errors: PutMetricAlarmInput = {
  AlarmName: 'web errors <&>',
  AlarmDescription: 'too many',
  MetricName: 'Errors',
  Namespace: 'Web',
  Statistic: 'Sum',
  Dimensions: [{ Name: 'Service', Value: 'web' }],
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  AlarmActions: ['arn:aws:sns:us-east-1:000000000000:pager'],
  Tags: [{ Key: 'team', Value: 'web' }],
};
const alarmArn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:web errors <&>';

for (const [name, protocol] of Object.entries(protocols)) {
  const open = async (): Promise<{ readonly bed: Bed; readonly client: CloudWatchClient }> => {
    const bed = await openBed();
    return { bed, client: new CloudWatchClient({ ...sdkConfig(bed.handler), protocol }) };
  };

  describe(`CloudWatch in ${name}`, () => {
    test('an alarm begins without data, and takes the state it is given', async () => {
      const { bed, client } = await open();
      await client.send(new PutMetricAlarmCommand(errors));
      const createdAt = new Date(bed.clock.now());
      const { MetricAlarms: [alarm] = [], CompositeAlarms } = await client.send(new DescribeAlarmsCommand({}));
      const { Tags: _, ...shown } = errors;
      assert.deepEqual(alarm, {
        ...shown,
        AlarmArn: alarmArn,
        ActionsEnabled: true,
        OKActions: [],
        InsufficientDataActions: [],
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Unchecked: Initial alarm creation',
        AlarmConfigurationUpdatedTimestamp: createdAt,
        StateUpdatedTimestamp: createdAt,
        StateTransitionedTimestamp: createdAt,
      });
      assert.deepEqual(CompositeAlarms, []);
      assert.equal(
        bed.store.view((reader) => alarmState(reader, scope, errors.AlarmName ?? '')),
        'INSUFFICIENT_DATA',
      );
      assert.equal(
        bed.store.view((reader) => alarmSpanMs(reader, scope, errors.AlarmName ?? '')),
        120_000,
      );

      const set = async (StateValue: 'ALARM' | 'OK', StateReason: string): Promise<void> => {
        await bed.clock.advance(1500);
        await client.send(
          new SetAlarmStateCommand({
            AlarmName: errors.AlarmName,
            StateValue,
            StateReason,
            StateReasonData: '{"a":1}',
          }),
        );
      };
      await set('ALARM', 'six errors');
      const alarmedAt = new Date(bed.clock.now());
      await set('ALARM', 'seven errors');
      const { MetricAlarms: [alarmed] = [] } = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
      assert.equal(alarmed?.StateReason, 'seven errors');
      assert.equal(alarmed?.StateReasonData, '{"a":1}');
      assert.deepEqual(alarmed?.StateUpdatedTimestamp, new Date(bed.clock.now()));
      assert.deepEqual(alarmed?.StateTransitionedTimestamp, alarmedAt, 'a new reason is no new state');
      assert.equal(
        bed.store.view((reader) => alarmState(reader, scope, errors.AlarmName ?? '')),
        'ALARM',
      );

      await client.send(new PutMetricAlarmCommand({ ...errors, Threshold: 7.5 }));
      const { MetricAlarms: [changed] = [] } = await client.send(new DescribeAlarmsCommand({}));
      assert.equal(changed?.Threshold, 7.5);
      assert.equal(changed?.StateValue, 'ALARM', 'a changed alarm keeps its state');

      await client.send(new DeleteAlarmsCommand({ AlarmNames: [errors.AlarmName ?? ''] }));
      assert.deepEqual((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms, []);
      assert.equal(
        bed.store.view((reader) => alarmState(reader, scope, errors.AlarmName ?? '')),
        undefined,
      );
    });

    test('alarms are found by name, prefix, action, type and metric, page by page', async () => {
      const { client } = await open();
      const names = ['a', 'web', 'web-1', 'web-2', 'z'];
      for (const AlarmName of names) {
        const Period = AlarmName === 'z' ? 300 : 60;
        const OKActions = AlarmName === 'a' ? ['arn:aws:lambda:us-east-1:000000000000:function:f'] : [];
        await client.send(new PutMetricAlarmCommand({ ...errors, AlarmName, Period, OKActions, AlarmActions: [] }));
      }
      const found = async (input: ConstructorParameters<typeof DescribeAlarmsCommand>[0]): Promise<unknown[]> => {
        const pages: unknown[] = [];
        let NextToken: string | undefined;
        do {
          const page = await client.send(new DescribeAlarmsCommand({ ...input, ...(NextToken && { NextToken }) }));
          pages.push(page.MetricAlarms?.map((alarm) => alarm.AlarmName));
          ({ NextToken } = page);
        } while (NextToken);
        return pages;
      };
      assert.deepEqual(await found({}), [names]);
      assert.deepEqual(await found({ MaxRecords: 2 }), [['a', 'web'], ['web-1', 'web-2'], ['z']]);
      assert.deepEqual(await found({ AlarmNamePrefix: 'web' }), [['web', 'web-1', 'web-2']]);
      assert.deepEqual(await found({ AlarmNamePrefix: 'web', MaxRecords: 1 }), [['web'], ['web-1'], ['web-2']]);
      assert.deepEqual(await found({ AlarmNames: ['z', 'none', 'a'] }), [['a', 'z']]);
      assert.deepEqual(await found({ AlarmNames: ['z', 'none', 'a'], MaxRecords: 1 }), [['a'], ['z']]);
      assert.deepEqual(await found({ StateValue: 'OK' }), [[]]);
      assert.deepEqual(await found({ ActionPrefix: 'arn:aws:lambda' }), [['a']]);
      assert.deepEqual(await found({ AlarmTypes: ['CompositeAlarm'] }), [[]]);
      const { MetricName, Namespace, Dimensions } = errors;
      const about = await client.send(
        new DescribeAlarmsForMetricCommand({ MetricName, Namespace, Dimensions, Period: 300 }),
      );
      assert.deepEqual(
        about.MetricAlarms?.map((alarm) => alarm.AlarmName),
        ['z'],
      );
      const other = await client.send(new DescribeAlarmsForMetricCommand({ MetricName, Namespace }));
      assert.deepEqual(other.MetricAlarms, [], 'without dimensions it is another metric');
    });

    test('actions are switched, and tags kept', async () => {
      const { client } = await open();
      await client.send(new PutMetricAlarmCommand(errors));
      const AlarmNames = [errors.AlarmName ?? ''];
      const enabled = async (): Promise<unknown> =>
        (await client.send(new DescribeAlarmsCommand({ AlarmNames }))).MetricAlarms?.[0]?.ActionsEnabled;
      await client.send(new DisableAlarmActionsCommand({ AlarmNames }));
      assert.equal(await enabled(), false);
      await client.send(new EnableAlarmActionsCommand({ AlarmNames }));
      assert.equal(await enabled(), true);

      const ResourceARN = alarmArn;
      await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'stage', Value: '' }] }));
      await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team', 'none'] }));
      const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
      assert.deepEqual(Tags, [{ Key: 'stage', Value: '' }]);
      await assert.rejects(
        client.send(new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}x` })),
        (error: Error) => {
          assert.ok(error instanceof ResourceNotFoundException, error.name);
          assert.equal(error.ResourceId, `${ResourceARN}x`);
          return true;
        },
      );
    });

    test('a mistake arrives as the error that the client knows', async () => {
      const { client } = await open();
      await assert.rejects(
        client.send(new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: '' })),
        (error: Error) => {
          assert.ok(error instanceof ResourceNotFound, error.name);
          assert.equal(error.message, 'There is no alarm named none.');
          assert.equal(error.$metadata.httpStatusCode, 404);
          return true;
        },
      );
      await client.send(new PutMetricAlarmCommand(errors));
      await assert.rejects(
        client.send(new DeleteAlarmsCommand({ AlarmNames: [errors.AlarmName ?? '', 'none'] })),
        ResourceNotFound,
      );
      assert.equal((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms?.length, 1, 'then none is deleted');
      await assert.rejects(client.send(new DescribeAlarmsCommand({ NextToken: 'xx' })), InvalidNextToken);
      const mistakes: readonly Partial<PutMetricAlarmInput>[] = [
        { AlarmName: '' },
        { AlarmName: 'x'.repeat(256) },
        { Statistic: undefined },
        { ExtendedStatistic: 'p90' },
        { Period: 61 },
        { Period: 86_400 },
        { EvaluationPeriods: 0 },
        { DatapointsToAlarm: 3 },
        { ComparisonOperator: undefined },
        { Threshold: undefined },
        { TreatMissingData: 'sometimes' },
        { AlarmActions: ['pager'] },
        { Metrics: [{ Id: 'm1', Expression: 'SUM(METRICS())' }] },
        { EvaluationInterval: 10 },
        { Tags: [{ Key: 'aws:reserved', Value: 'x' }], AlarmName: 'new' },
      ];
      for (const mistake of mistakes) {
        await assert.rejects(
          client.send(new PutMetricAlarmCommand({ ...errors, ...mistake })),
          (error: Error) => {
            assert.ok(error instanceof CloudWatchServiceException, error.name);
            assert.ok(!(error instanceof LimitExceededFault), error.name);
            assert.equal(error.$metadata.httpStatusCode, 400);
            assert.notEqual(error.message, 'UnknownError');
            return true;
          },
          JSON.stringify(mistake),
        );
      }
      await assert.rejects(
        client.send(new PutCompositeAlarmCommand({ AlarmName: 'c', AlarmRule: 'ALARM(x)' })),
        /does not implement monitoring:PutCompositeAlarm/,
      );
    });

    test('an alarm on an expression is kept as it was given', async () => {
      const { bed, client } = await open();
      const Metrics = [
        {
          Id: 'm1',
          MetricStat: { Metric: { MetricName: 'Errors', Namespace: 'Web', Dimensions: [] }, Period: 300, Stat: 'Sum' },
          ReturnData: false,
        },
        { Id: 'e1', Expression: 'm1 * 2', Label: 'twice' },
      ];
      await client.send(
        new PutMetricAlarmCommand({
          AlarmName: 'twice',
          Metrics,
          EvaluationPeriods: 3,
          Threshold: 0.5,
          ComparisonOperator: 'LessThanThreshold',
        }),
      );
      const { MetricAlarms: [alarm] = [] } = await client.send(new DescribeAlarmsCommand({}));
      assert.deepEqual(alarm?.Metrics, Metrics);
      assert.equal(
        bed.store.view((reader) => alarmSpanMs(reader, scope, 'twice')),
        900_000,
      );
    });
  });
}

describe('the CBOR protocol', () => {
  const post = async (
    bed: Bed,
    path: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): ReturnType<Bed['handler']['request']> => {
    const all = {
      host: 'localhost:4566',
      'content-type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      ...headers,
    };
    const url = `http://localhost:4566${path}`;
    const signed = bed.sign({ method: 'POST', url, headers: all, body, service: 'monitoring' });
    return bed.handler.request(rawRequest('POST', path, Object.entries(signed), body));
  };
  const path = '/service/GraniteServiceVersion20100801/operation/DescribeAlarms';
  const tokenOfNumber = new Uint8Array([0xa1, 0x69, ...new TextEncoder().encode('NextToken'), 0x05]);

  test('is not spoken by other services, under other names or at other paths', async () => {
    const bed = await openBed();
    const paths = [
      '/service/AmazonEC2ContainerServiceV20141113/operation/ListClusters',
      '/service/GraniteServiceVersion20100801/operation/Nothing',
      '/service/GraniteServiceVersion20100801/operation/DescribeAlarms/more',
      '/service/GraniteServiceVersion20100801',
      '/',
    ];
    for (const other of paths) {
      const answer = await post(bed, other, new Uint8Array());
      assert.ok(answer.status >= 400 && answer.status < 500, `${other} was answered ${answer.status}`);
      assert.equal(answer.headers['smithy-protocol'], 'rpc-v2-cbor');
    }
    const answer = await post(bed, path, new Uint8Array(), { 'content-type': 'text/plain' });
    assert.equal(answer.status, 415);
  });

  test('refuses what is no CBOR, and values of another kind', async () => {
    const bed = await openBed();
    assert.equal((await post(bed, path, new Uint8Array())).status, 200);
    for (const body of [tokenOfNumber, tokenOfNumber.slice(0, -1), new Uint8Array([0xf6]), new Uint8Array([0x80])]) {
      const answer = await post(bed, path, body);
      assert.equal(answer.status, 400);
      assert.ok(answer.body instanceof Uint8Array);
      assert.match(new TextDecoder().decode(answer.body), /SerializationException/);
    }
  });

  test('is answered, whatever bytes come, without a failure of ours', async () => {
    const bed = await openBed();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const { status } = await post(bed, path, bytes);
        assert.ok(status < 500, `${Buffer.from(bytes).toString('hex')} was answered ${status}`);
      }),
    );
  });
});
