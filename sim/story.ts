import { shapes } from './definitions.ts';
import { cluster, type System } from './system.ts';
import { type KnownTask, statusOrder, type Workload } from './workload.ts';

/** The one story that must always work, told before chance begins: run, look, read, restart everything, stop. */
export async function story(system: System, workload: Workload): Promise<void> {
  const shape = shapes.find(({ family }) => family === 'server');
  if (!shape) return;
  const { clock } = system.clientWorld;
  const until = async (tasks: readonly KnownTask[], status: string): Promise<void> => {
    const wanted = statusOrder.indexOf(status);
    for (let waitedMs = 0; tasks.some(({ seen }) => seen < wanted); waitedMs += 1000) {
      if (waitedMs > 120_000) {
        system.fail(`the story waits in vain for ${status} of ${tasks.map(({ arn }) => arn).join(', ')}`);
        return;
      }
      await clock.sleep(1000);
      await workload.describe(tasks);
    }
  };
  const tasks = await workload.runTasks(shape, 3);
  if (tasks.length !== 3) system.fail(`the story runs 3 tasks and gets ${tasks.length}`);
  await until(tasks, 'RUNNING');

  const [agent] = system.agents.filter(({ serves }) => serves === 'cluster');
  agent?.crash('process');
  await clock.sleep(5000);
  agent?.start();
  system.crashServer('process', false);
  await clock.sleep(5000);
  system.startServer();
  await clock.sleep(30_000);
  await workload.describe(tasks);
  if (tasks.some(({ stoppedMs }) => stoppedMs !== undefined)) system.fail('a restart of agent and server stops tasks');

  for (const task of tasks) await workload.stopTask(task);
  await until(tasks, 'STOPPED');
  const listed = await workload.call('ListTasks', { cluster, desiredStatus: 'STOPPED' });
  for (const { arn } of tasks) {
    if (!JSON.stringify(listed).includes(arn)) system.fail(`${arn} is not listed as STOPPED`);
  }
}
