import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../test/running/server.ts';
import { type Figure, median } from './figure.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./fleet-process.ts', import.meta.url));

/** 100,000 tasks on 5,000 simulated hosts, durable: time to RUNNING, memory, and time to the first right answer after a restart. */
export async function fleet(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  // As `longshore up` does: compiled code is kept from one start to the next.
  const environment = { ...process.env, NODE_COMPILE_CACHE: join(directory.path, 'compiled') };
  try {
    const filled: { readonly runningMs: number; readonly bytesPerTask: number; readonly taskArn: string } = JSON.parse(
      (await run(process.execPath, ['--expose-gc', program, '--directory', directory.path], { env: environment }))
        .stdout,
    );
    const starts: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const { stdout } = await run(process.execPath, [program, '--directory', directory.path, '--reopen'], {
        env: { ...environment, TASK_ARN: filled.taskArn },
      });
      const reopened: { readonly right: boolean; readonly ms: number } = JSON.parse(stdout);
      if (!reopened.right) throw new Error('the first answer after a restart was wrong');
      if (round > 0) starts.push(reopened.ms); // the first one's code was compiled for what it had not run before
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
        'process start to first right DescribeTasks, median of 5',
        median(starts) / 1000,
        's',
        1.5,
      ),
    ];
  } finally {
    await directory.remove();
  }
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
