import type { DescribeTasksResponse } from '@aws-sdk/client-ecs';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clientOf } from '../test/running/cluster.ts';
import { startServer, temporaryDirectory } from '../test/running/server.ts';
import { type Figure, median } from './figure.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./fleet-process.ts', import.meta.url));

/** 100,000 tasks on 5,000 simulated hosts, durable: time to RUNNING, memory, and time to the first right answer after a restart. */
export async function fleet(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  try {
    const filled: { readonly runningMs: number; readonly bytesPerTask: number; readonly taskArn: string } = JSON.parse(
      (await run(process.execPath, ['--expose-gc', program, '--directory', directory.path])).stdout,
    );
    const starts: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const ms = await restartMs(directory.path, filled.taskArn);
      if (round > 0) starts.push(ms); // the first fills the compile cache, and writes down that all agents have gone
    }
    const perTenThousandMiB = (filled.bytesPerTask * 10_000) / 2 ** 20;
    return [
      absolute(
        '100,000 tasks on 5,000 hosts to RUNNING',
        'agents in the process, SQLite journal',
        filled.runningMs / 1000,
        's',
        15,
      ),
      absolute('memory per 10,000 tasks', 'JavaScript heap after collection', perTenThousandMiB, 'MiB', 8),
      absolute(
        'restart with 100,000 tasks',
        'longshore up after kill -9, from spawn to the first right DescribeTasks, median of 5',
        median(starts) / 1000,
        's',
        1.5,
      ),
    ];
  } finally {
    await directory.remove();
  }
}

/** The real program on the state of the fleet; killed afterwards, so that the next start finds a log as well. */
async function restartMs(dataDirectory: string, taskArn: string): Promise<number> {
  const started = performance.now();
  const server = await startServer({ dataDirectory, agent: false });
  const request = { cluster: 'fleet', tasks: [taskArn] };
  const { tasks = [] } = await clientOf(server).call<DescribeTasksResponse>('ecs', 'DescribeTasks', request);
  const ms = performance.now() - started;
  await server.kill();
  const [task] = tasks;
  if (task?.taskArn !== taskArn || task.lastStatus !== 'RUNNING') throw new Error('the first answer was wrong');
  return ms;
}

function absolute(name: string, subject: string, value: number, unit: string, atMost: number): Figure {
  const text = `${value.toFixed(2)} ${unit}`;
  return {
    name,
    subject,
    anchor: 'none',
    ours: text,
    anchors: '',
    value: text,
    goal: `≤ ${atMost} ${unit}`,
    held: value <= atMost,
  };
}
