import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { clientOf } from '../test/running/cluster.ts';
import { startServer, temporaryDirectory } from '../test/running/server.ts';
import { connectFakeAgent } from './fake-agent.ts';
import { type Figure, median } from './figure.ts';
import { RawConnection } from './raw-connection.ts';
import { prepare } from './signed-post.ts';

const callers = 64;
/** As many as at the gateway: a shorter run would be one of the compiler. */
const callsPerRun = 20_000;

/** RunTask calls a second, each durable when it is answered, on one core: over sockets, and at the gateway without them. */
export async function runTaskThroughput(): Promise<readonly Figure[]> {
  const overSockets: number[] = [];
  const atGateway: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    overSockets.push(await oneRun());
    atGateway.push(await oneRunAtGateway());
  }
  return [
    rateFigure(
      `${callers} connections, server on one core, agent that only acknowledges, median of 5 runs`,
      median(overSockets),
    ),
    rateFigure(
      'the same at the gateway: signature, placement, journal, answer and payload, no sockets',
      median(atGateway),
    ),
  ];
}

function rateFigure(subject: string, rate: number): Figure {
  const ours = `${Math.round(rate)}/s`;
  return {
    name: 'durable RunTask a second',
    subject,
    anchor: 'none',
    ours,
    anchors: '',
    value: ours,
    goal: '≥ 4,000/s',
    held: rate >= 4000,
  };
}

async function oneRunAtGateway(): Promise<number> {
  const directory = await temporaryDirectory();
  try {
    const program = fileURLToPath(new URL('./run-task-process.ts', import.meta.url));
    return Number(
      execFileSync('taskset', ['-c', '0', process.execPath, program, directory.path], { encoding: 'utf8' }),
    );
  } finally {
    await directory.remove();
  }
}

async function oneRun(): Promise<number> {
  const directory = await temporaryDirectory();
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
  // All threads of the server on one core, the callers and the agent on the other.
  execFileSync('taskset', ['-a', '-p', '-c', '0', String(server.pid)], { stdio: 'ignore' });
  execFileSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)], { stdio: 'ignore' });
  const connections: RawConnection[] = [];
  try {
    const client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: 'bench' });
    const agent = await connectFakeAgent(client, 'bench');
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: 'bench',
      networkMode: 'none',
      containerDefinitions: [{ name: 'app', image: 'bench:1', cpu: 1, memory: 6 }],
    });
    const call = prepare(Number(new URL(server.endpoint).port), 'RunTask', {
      cluster: 'bench',
      taskDefinition: 'bench',
    });
    connections.push(...Array.from({ length: callers }, () => new RawConnection(call)));
    const send = async (connection: RawConnection, count: number): Promise<void> => {
      for (let done = 0; done < count; done += 1) {
        const answer = await connection.send();
        if (!answer.includes('"taskArn"')) throw new Error(`no task was placed: ${answer.toString()}`);
      }
    };
    await Promise.all(connections.map((connection) => send(connection, 30))); // warm-up
    const started = performance.now();
    await Promise.all(connections.map((connection) => send(connection, callsPerRun / callers)));
    const rate = callsPerRun / ((performance.now() - started) / 1000);
    agent.close();
    return rate;
  } finally {
    for (const connection of connections) connection.close();
    await server.kill();
    await directory.remove();
    execFileSync('taskset', ['-a', '-p', '-c', '0,1', String(process.pid)], { stdio: 'ignore' });
  }
}
