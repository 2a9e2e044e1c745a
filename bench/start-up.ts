import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLongshore, temporaryDirectory, testKeys } from '../test/running/server.ts';
import { type Figure, median, ratioFigure } from './figure.ts';

const rounds = 20;

/** From spawn to the first accepted request on an empty data directory, against an empty Node process; and memory at rest. */
export async function startUp(): Promise<readonly Figure[]> {
  const ours: number[] = [];
  const empty: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round < rounds + 2; round += 1) {
    const start = await oneStart(round === rounds + 1);
    const started = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    const emptyMs = performance.now() - started;
    if (start.memoryMiB !== undefined) memory.push(start.memoryMiB);
    if (round < 2) continue; // the first fills the compile cache
    ours.push(start.ms);
    empty.push(emptyMs);
  }
  const idle = median(memory);
  return [
    ratioFigure({
      name: 'start to first accepted request',
      subject: 'longshore up --no-agent, empty data directory',
      anchor: 'empty Node process, spawn to exit',
      oursMs: median(ours),
      anchorMs: median(empty),
      atMost: 4,
    }),
    {
      name: 'idle memory',
      subject: 'resident set of longshore up with its agent, 5 s after start',
      anchor: 'none',
      ours: `${idle.toFixed(0)} MiB`,
      anchors: '',
      value: `${idle.toFixed(0)} MiB`,
      goal: '≤ 100 MiB',
      held: idle <= 100,
    },
  ];
}

async function oneStart(atRest: boolean): Promise<{ readonly ms: number; readonly memoryMiB?: number }> {
  const directory = await temporaryDirectory();
  const port = await freePort();
  const args = [
    'up',
    '--port',
    String(port),
    '--data-dir',
    join(directory.path, 'data'),
    '--credentials',
    `${testKeys.accessKeyId}:${testKeys.secretAccessKey}`,
  ];
  const started = performance.now();
  const server = startLongshore(atRest ? args : [...args, '--no-agent'], {});
  try {
    while (!(await answers(port))) await sleep(1);
    const ms = performance.now() - started;
    if (!atRest) return { ms };
    await sleep(5000);
    return { ms, memoryMiB: residentMiB(server.pid) };
  } finally {
    await server.end('SIGTERM');
    await directory.remove();
  }
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const get = request({ host: '127.0.0.1', port, path: '/_longshore/health', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    get.on('error', () => resolve(false));
    get.end();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
