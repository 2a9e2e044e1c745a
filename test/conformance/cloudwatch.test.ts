// Alarms as every AWS CLI of this machine sees them: its versions differ in the protocol that they speak to CloudWatch.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { DescribeAlarmsOutput, ListTagsForResourceOutput } from '@aws-sdk/client-cloudwatch';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';

const run = promisify(execFile);

describe('alarms by the AWS CLI', async () => {
  const programs = await programsOnPath();
  let server: ControlPlane;

  before(async () => {
    server = await startControlPlane();
  });

  after(async () => {
    await server?.end();
  });

  test('there is one to try', () => assert.notEqual(programs.length, 0));

  for (const [index, program] of programs.entries()) {
    const { stdout: version } = await run(program, ['--version']);
    test(`${version.split(' ', 1)[0]} puts, sets, describes and deletes`, async () => {
      const cli = async (...args: readonly string[]): Promise<string> => {
        const endpoint = server.environment['AWS_ENDPOINT_URL'] ?? '';
        const all = ['--endpoint-url', endpoint, 'cloudwatch', ...args, '--output', 'json'];
        const { stdout } = await run(program, all, { env: { ...process.env, ...server.environment } });
        return stdout;
      };
      const name = `errors-${index}`;
      const metric = ['--metric-name', 'Errors', '--namespace', 'Web', '--statistic', 'Sum', '--period', '60'];
      const bounds = [
        '--evaluation-periods',
        '1',
        '--threshold',
        '0.5',
        '--comparison-operator',
        'GreaterThanThreshold',
      ];
      const tags = ['--tags', 'Key=team,Value=web'];
      await cli('put-metric-alarm', '--alarm-name', name, ...metric, ...bounds, ...tags);
      const described = async (): Promise<NonNullable<DescribeAlarmsOutput['MetricAlarms']>> => {
        const output: DescribeAlarmsOutput = JSON.parse(await cli('describe-alarms', '--alarm-names', name));
        return output.MetricAlarms ?? [];
      };
      const [fresh] = await described();
      assert.equal(fresh?.StateValue, 'INSUFFICIENT_DATA');
      assert.equal(fresh?.Threshold, 0.5);
      assert.equal(fresh?.Period, 60);
      assert.ok(Math.abs(instantOf(fresh?.StateUpdatedTimestamp) - Date.now()) < 60_000, 'it is of now');

      const state = ['--state-value', 'ALARM', '--state-reason', 'testing "this"'];
      await cli('set-alarm-state', '--alarm-name', name, ...state);
      const [alarmed] = await described();
      assert.equal(alarmed?.StateValue, 'ALARM');
      assert.equal(alarmed?.StateReason, 'testing "this"');
      const arn = alarmed?.AlarmArn ?? '';
      const listed: ListTagsForResourceOutput = JSON.parse(await cli('list-tags-for-resource', '--resource-arn', arn));
      assert.deepEqual(listed.Tags, [{ Key: 'team', Value: 'web' }]);

      // Ends at once because the state is what it waits for.
      await cli('wait', 'alarm-exists', '--alarm-names', name);
      await cli('delete-alarms', '--alarm-names', name);
      assert.deepEqual(await described(), []);
      await assert.rejects(
        cli('set-alarm-state', '--alarm-name', name, ...state),
        /An error occurred \(ResourceNotFound\) when calling the SetAlarmState operation.*: There is no alarm named/,
      );
      await assert.rejects(
        cli('put-metric-alarm', '--alarm-name', name, ...bounds),
        /An error occurred \(MissingParameter\) when calling the PutMetricAlarm operation/,
      );
    });
  }
});

/** Version 1 shows a timestamp as it came on the wire, version 2 as ISO 8601. */
function instantOf(shown: unknown): number {
  return typeof shown === 'number' ? shown * 1000 : Date.parse(String(shown));
}

/** Every `aws` that the PATH leads to, each once. */
async function programsOnPath(): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'aws');
    const real = await realpath(path).catch(() => undefined); // there is none in this folder
    if (real !== undefined && !found.has(real)) found.set(real, path);
  }
  return [...found.values()];
}
