import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListTasksRequest } from '@aws-sdk/client-ecs';
import type { Parsed } from '../../../aws/operation.ts';
import { openTaskScene } from '../task-scene.test.ts';
import { createCluster } from './create-cluster.ts';
import { listTasks } from './list-tasks.ts';
import { runTask } from './run-task.ts';
import { stopTask } from './stop-task.ts';

test('filters leave the tasks that match all of them', async () => {
  const ecs = await openTaskScene();
  const [first, second] = [await ecs.host(1), await ecs.host(2)];
  await ecs.define();
  await ecs.define({ family: 'job' });
  const run = async (taskDefinition: string, startedBy: string): Promise<string> => {
    const { tasks } = await ecs.ask(runTask, {
      taskDefinition,
      startedBy,
      placementStrategy: [{ type: 'spread', field: 'instanceId' }],
      group: 'g',
    });
    return tasks?.[0]?.taskArn ?? '';
  };
  const web = await run('web', 'me');
  const job = await run('job', 'me');
  const stopped = await run('web', 'you');
  await ecs.ask(stopTask, { task: stopped });
  await ecs.ask(createCluster, { clusterName: 'other' });
  const on = (arn: string): string => ecs.task(arn).containerInstanceArn ?? '';
  assert.notEqual(on(web), on(job));
  const cases: readonly (readonly [filter: Parsed<ListTasksRequest>, found: readonly string[]])[] = [
    [{}, [web, job]],
    [{ desiredStatus: 'RUNNING' }, [web, job]],
    [{ desiredStatus: 'STOPPED' }, [stopped]],
    [{ desiredStatus: 'PENDING' }, []],
    [{ family: 'job' }, [job]],
    [{ family: 'jo' }, []],
    [{ startedBy: 'me' }, [web, job]],
    [{ startedBy: 'you' }, []],
    [{ startedBy: 'you', desiredStatus: 'STOPPED' }, [stopped]],
    [{ containerInstance: on(web) }, [web]],
    [{ containerInstance: on(job), family: 'job' }, [job]],
    [{ containerInstance: on(job), family: 'web' }, []],
    [{ launchType: 'EC2' }, [web, job]],
    [{ launchType: 'FARGATE' }, []],
    [{ cluster: 'other' }, []],
  ];
  for (const [filter, found] of cases) {
    const { taskArns = [] } = await ecs.ask(listTasks, filter);
    assert.deepEqual(taskArns, [...found].sort(), JSON.stringify(filter));
  }
  assert.ok([first.arn, second.arn].includes(on(web)));
});

test('tasks of all launch types come in one order', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1);
  await ecs.pool(2, { cpuUnits: 10_000, memoryMiB: 10_000 });
  await ecs.define();
  const vpc = { networkMode: 'awsvpc', cpu: '256', memory: '512', requiresCompatibilities: ['FARGATE'] } as const;
  await ecs.define({ ...vpc, family: 'vpc' });
  await ecs.ask(runTask, { taskDefinition: 'web', count: 5 });
  await ecs.ask(runTask, {
    taskDefinition: 'vpc',
    launchType: 'FARGATE',
    count: 5,
    networkConfiguration: { awsvpcConfiguration: { subnets: [ecs.subnetIds[0]] } },
  });
  const { taskArns = [] } = await ecs.ask(listTasks, {});
  assert.equal(taskArns.length, 10);
  assert.deepEqual(taskArns, [...taskArns].sort());
  const first = await ecs.ask(listTasks, { maxResults: 4 });
  const rest = await ecs.ask(listTasks, { ...(first.nextToken !== undefined && { nextToken: first.nextToken }) });
  assert.deepEqual([...(first.taskArns ?? []), ...(rest.taskArns ?? [])], taskArns);
  const onFargate = await ecs.ask(listTasks, { launchType: 'FARGATE' });
  assert.ok(onFargate.taskArns?.every((arn) => ecs.task(arn).launchType === 'FARGATE'));
  assert.equal(onFargate.taskArns?.length, 5);
});

test('pages follow each other without gap or repetition while tasks come and go', async () => {
  const ecs = await openTaskScene();
  await ecs.host(1, { cpuUnits: 100_000, memoryMiB: 100_000 });
  await ecs.define();
  for (let round = 0; round < 3; round += 1) await ecs.ask(runTask, { taskDefinition: 'web', count: 10 });
  const all = (await ecs.ask(listTasks, {})).taskArns ?? [];
  assert.equal(all.length, 30);
  const first = await ecs.ask(listTasks, { maxResults: 7 });
  await ecs.ask(stopTask, { task: all[6] ?? '' }); // the one after which the next page begins
  const rest: string[] = [];
  let nextToken = first.nextToken;
  while (nextToken !== undefined) {
    const page = await ecs.ask(listTasks, { maxResults: 7, nextToken });
    rest.push(...(page.taskArns ?? []));
    nextToken = page.nextToken;
  }
  assert.deepEqual([...(first.taskArns ?? []), ...rest], all);
});

test('what speaks against a request is told', async () => {
  const ecs = await openTaskScene();
  const invalid = 'InvalidParameterException';
  await ecs.refuses(listTasks, { startedBy: 'me', family: 'web' }, invalid, /only filter/);
  await ecs.refuses(listTasks, { maxResults: 0 }, invalid);
  await ecs.refuses(listTasks, { maxResults: 101 }, invalid);
  await ecs.refuses(listTasks, { nextToken: 'no token' }, invalid);
  await ecs.refuses(listTasks, { serviceName: 'none' }, 'ServiceNotFoundException', 'Service not found.');
  await ecs.refuses(listTasks, { cluster: 'none' }, 'ClusterNotFoundException');
});
