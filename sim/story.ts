import { assert } from '../src/core/assert.ts';
import { type Shape, shapes } from './definitions.ts';
import { cluster, type System } from './system.ts';
import { type KnownTask, statusOrder } from './task-users.ts';
import type { Workload } from './workload.ts';

/** The one story that must always work, told before chance begins: run, look, read, restart everything, stop. */
export async function story(system: System, workload: Workload): Promise<void> {
  const shapeOf = (name: string): Shape => {
    const shape = shapes.find(({ family }) => family === name);
    assert(shape, `there is a shape ${name}`);
    return shape;
  };
  const { clock } = system.clientWorld;
  const random = system.world.random.fork('story');
  const until = async (tasks: readonly KnownTask[], status: string): Promise<void> => {
    const wanted = statusOrder.indexOf(status);
    for (let waitedMs = 0; tasks.some(({ seen }) => seen < wanted); waitedMs += 1000) {
      if (waitedMs > 120_000) {
        system.fail(rule, `the story waits in vain for ${status} of ${tasks.map(({ arn }) => arn).join(', ')}`);
        return;
      }
      await clock.sleep(1000);
      await workload.tasks.describe(tasks);
    }
  };
  const tasks = await workload.tasks.run(random, shapeOf('server'), 3);
  const talkers = await workload.tasks.run(random, shapeOf('talker'), 3);
  if (tasks.length !== 3) system.fail(rule, `the story runs 3 tasks and gets ${tasks.length}`);
  await until([...tasks, ...talkers], 'RUNNING');

  // In the middle of what the talkers say: the checker of logs looks afterwards whether each line came once.
  for (const agent of system.agents) agent.crash('process');
  await clock.sleep(5000);
  for (const agent of system.agents) agent.start();
  system.crashServer('process', false);
  await clock.sleep(5000);
  system.startServer();
  await clock.sleep(30_000);
  await workload.tasks.describe(tasks);
  if (tasks.some(({ stoppedAt }) => stoppedAt !== undefined))
    system.fail(rule, 'a restart of agent and server stops tasks');

  await until(talkers, 'STOPPED');
  for (const task of tasks) await workload.tasks.stop(task);
  await until(tasks, 'STOPPED');
  const listed = await workload.client.call('ListTasks', { cluster, desiredStatus: 'STOPPED' });
  for (const { arn } of tasks) {
    if (!JSON.stringify(listed).includes(arn)) system.fail(rule, `${arn} is not listed as STOPPED`);
  }
}

const rule = 'the story is told to its end';
