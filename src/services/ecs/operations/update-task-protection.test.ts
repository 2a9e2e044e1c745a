import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openServiceScene } from '../service-records.test.ts';
import { getTaskProtection } from './get-task-protection.ts';
import { updateService } from './update-service.ts';
import { updateTaskProtection } from './update-task-protection.ts';

const minuteMs = 60_000;
const on = { cluster: 'default', protectionEnabled: true };

test('a task is protected for two hours, or as long as asked, counted from each call', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  const { arn } = await ecs.runTask(1);
  const start = ecs.clock.now();
  const first = await ecs.ask(updateTaskProtection, { ...on, tasks: [arn] });
  assert.deepEqual(first, {
    protectedTasks: [{ taskArn: arn, protectionEnabled: true, expirationDate: new Date(start + 120 * minuteMs) }],
    failures: [],
  });
  await ecs.clock.advance(30 * minuteMs);
  await ecs.ask(updateTaskProtection, { ...on, tasks: [arn], expiresInMinutes: 1 });
  assert.equal(ecs.task(arn).protectedUntil, start + 31 * minuteMs);
  const off = await ecs.ask(updateTaskProtection, { ...on, protectionEnabled: false, tasks: [arn] });
  assert.deepEqual(off.protectedTasks, [{ taskArn: arn, protectionEnabled: false }]);
  assert.equal(ecs.task(arn).protectedUntil, undefined);
});

test('protection is over when its time is', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  const { arn } = await ecs.runTask(1);
  const protectedNow = async (): Promise<boolean | undefined> =>
    (await ecs.ask(getTaskProtection, { cluster: 'default', tasks: [arn] })).protectedTasks?.[0]?.protectionEnabled;
  const until = ecs.call.receivedAt;
  const write = async (protectedUntil: number): Promise<unknown> => await ecs.runTask(1, { protectedUntil });
  await write(until + 1);
  assert.equal(await protectedNow(), true);
  assert.equal((await ecs.ask(getTaskProtection, { cluster: 'default' })).protectedTasks?.length, 1);
  await write(until);
  assert.equal(await protectedNow(), false);
  assert.deepEqual((await ecs.ask(getTaskProtection, { cluster: 'default' })).protectedTasks, []);
});

test('only live tasks of services can be protected; each other task is a failure of its own', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  const own = await ecs.runTask(1);
  const alone = await ecs.runAlone(2);
  const stopping = await ecs.runTask(3, { desiredStatus: 'STOPPED' });
  const missing = own.arn.replace(/.{4}$/, 'ffff');
  const named = [own.arn, alone.arn, stopping.arn, missing];
  const answers = [
    await ecs.ask(updateTaskProtection, { ...on, tasks: named }),
    await ecs.ask(getTaskProtection, { cluster: 'default', tasks: named }),
  ];
  for (const { protectedTasks, failures } of answers) {
    assert.deepEqual(
      protectedTasks?.map(({ taskArn }) => taskArn),
      [own.arn],
    );
    assert.deepEqual(failures, [
      { arn: alone.arn, reason: 'TASK_NOT_VALID' },
      { arn: stopping.arn, reason: 'TASK_NOT_VALID' },
      { arn: missing, reason: 'MISSING' },
    ]);
  }
});

test('tasks that hold a deployment up by their protection get no more of it', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  await ecs.complete();
  const first = await ecs.runTask(1);
  const second = await ecs.runTask(2);
  await ecs.ask(updateTaskProtection, { ...on, tasks: [first.arn] });
  await ecs.ask(updateService, { service: 'web', forceNewDeployment: true });
  const { protectedTasks, failures } = await ecs.ask(updateTaskProtection, { ...on, tasks: [first.arn, second.arn] });
  assert.deepEqual(protectedTasks, []);
  assert.deepEqual(
    failures?.map(({ reason }) => reason),
    ['DEPLOYMENT_BLOCKED', 'DEPLOYMENT_BLOCKED'],
  );
  await ecs.ask(updateTaskProtection, { ...on, protectionEnabled: false, tasks: [first.arn] });
  assert.deepEqual((await ecs.ask(updateTaskProtection, { ...on, tasks: [second.arn] })).failures, []);
});

test('what is asked back is what was given, for any time that is allowed, and no other is', async () => {
  const ecs = await openServiceScene();
  await ecs.create();
  const { arn } = await ecs.runTask(1);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -10, max: 3000 }), async (expiresInMinutes) => {
      const input = { ...on, tasks: [arn], expiresInMinutes };
      if (expiresInMinutes < 1 || expiresInMinutes > 2880) {
        await ecs.refuses(updateTaskProtection, input, 'InvalidParameterException');
        return;
      }
      const { protectedTasks } = await ecs.ask(updateTaskProtection, input);
      assert.deepEqual(
        (await ecs.ask(getTaskProtection, { cluster: 'default', tasks: [arn] })).protectedTasks,
        protectedTasks,
      );
    }),
    { numRuns: 60 },
  );
  await ecs.refuses(updateTaskProtection, { ...on, tasks: [] }, 'InvalidParameterException', 'Tasks cannot be empty.');
  await ecs.refuses(
    updateTaskProtection,
    { ...on, tasks: Array.from({ length: 11 }, () => arn) },
    'InvalidParameterException',
  );
});
