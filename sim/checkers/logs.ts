import { tasks } from '../../src/services/ecs/tables.ts';
import { spoken, talkerGroup, talkerPrefixes } from '../definitions.ts';
import type { System } from '../system.ts';
import type { Workload } from '../workload.ts';
import type { Checker } from './checker.ts';

/** What a container printed is in its log stream once and in order; all of it where its task ended by itself. */
export const logs: Checker = {
  name: 'each line of output is logged once',
  settled: async (system, workload) => {
    const talkers = [...workload.tasks.known.values()].filter(({ shape }) => shape.family in talkerPrefixes);
    for (const { arn } of [...talkers.slice(0, 10), ...talkers.slice(10).slice(-30)])
      await check(system, workload, arn);
  },
};

async function check(system: System, workload: Workload, arn: string): Promise<void> {
  const task = system.server?.store.view((reader) => reader.get(tasks, arn));
  const [container] = task?.containers ?? [];
  if (!task || !container || task.startedAt === undefined) return;
  const prefix = talkerPrefixes[task.family];
  const logStreamName = prefix === undefined ? container.runtimeId : `${prefix}/main/${task.id}`;
  const input = { logGroupName: talkerGroup, logStreamName, startFromHead: true };
  const answer = await workload.client.call('GetLogEvents', input, { service: 'logs' });
  const events = answer?.['events'];
  const messages = Array.isArray(events) ? events.map((event: unknown) => messageOf(event)) : [];
  const isPrefix = messages.every((message, index) => message === spoken[index]);
  // A container that was taken away took with it what had not been shipped.
  const mayEndEarly = container.exitCode !== 0 || system.takenAway.has(arn);
  if (!isPrefix || (messages.length < spoken.length && !mayEndEarly)) {
    system.fail(logs.name, `${arn} printed ${spoken.length} lines and logged ${JSON.stringify(messages)}`);
  }
}

function messageOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null ? Reflect.get(event, 'message') : undefined;
}
