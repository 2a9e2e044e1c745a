import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientOf } from '../test/running/cluster.ts';
import { startServer, temporaryDirectory } from '../test/running/server.ts';
import { connectFakeAgent } from './fake-agent.ts';
import { type Figure, median, ratioFigure, timed } from './figure.ts';
import { KeptConnection, prepare } from './signed-post.ts';

/** Reads over a kept connection with the signature checked, and a durable write, against a bare echo of the same JSON. */
export async function apiLatency(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
  const echo = spawn(process.execPath, [fileURLToPath(new URL('./echo-server.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const connections = [new KeptConnection(), new KeptConnection()] as const;
  try {
    const [portText] = await once(echo.stdout, 'data');
    const echoPort = Number(String(portText));
    const port = Number(new URL(server.endpoint).port);
    const client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: 'bench' });
    const agent = await connectFakeAgent(client, 'bench');
    await client.call('ecs', 'RegisterTaskDefinition', definition);
    const { tasks } = await client.call<{ readonly tasks: readonly { readonly taskArn: string }[] }>('ecs', 'RunTask', {
      cluster: 'bench',
      taskDefinition: 'bench',
    });
    const sync = await open(join(directory.path, 'sync'), 'w');

    const measure = async (
      operation: string,
      input: object,
      floorBody: object,
      withSync: boolean,
    ): Promise<readonly [number, number]> => {
      const ours = prepare(port, operation, input);
      const floor = { ...prepare(echoPort, operation, input), body: JSON.stringify(floorBody) };
      const floorPrepared = {
        ...floor,
        headers: { ...floor.headers, 'content-length': Buffer.byteLength(floor.body) },
      };
      const oursMs: number[] = [];
      const floorMs: number[] = [];
      for (let round = 0; round < 2200; round += 1) {
        const a = await timed(() => connections[0].send(ours));
        const b = await timed(() => connections[1].send(floorPrepared));
        const c = withSync ? await timed(() => syncOnce(sync)) : 0;
        if (round < 200) continue; // warm-up
        oursMs.push(a);
        floorMs.push(b + c);
      }
      return [median(oursMs), median(floorMs)];
    };

    const list = await measure(
      'ListClusters',
      {},
      { clusterArns: ['arn:aws:ecs:us-east-1:000000000000:cluster/bench'] },
      false,
    );
    const described = await client.call('ecs', 'DescribeTasks', { cluster: 'bench', tasks: [tasks[0]?.taskArn] });
    const describe = await measure('DescribeTasks', { cluster: 'bench', tasks: [tasks[0]?.taskArn] }, described, false);
    const register = await measure('RegisterTaskDefinition', definition, definition, true);
    agent.close();
    await sync.close();
    const anchor = 'bare node:http echo of the same JSON';
    return [
      ratioFigure({
        name: 'ListClusters p50',
        subject: 'kept connection, signature checked',
        anchor,
        oursMs: list[0],
        anchorMs: list[1],
        atMost: 2.5,
      }),
      ratioFigure({
        name: 'DescribeTasks p50',
        subject: 'kept connection, signature checked, one task',
        anchor,
        oursMs: describe[0],
        anchorMs: describe[1],
        atMost: 2.5,
      }),
      ratioFigure({
        name: 'RegisterTaskDefinition p50',
        subject: 'durable',
        anchor: `${anchor} + one fdatasync`,
        oursMs: register[0],
        anchorMs: register[1],
        atMost: 2,
      }),
    ];
  } finally {
    for (const connection of connections) connection.close();
    echo.kill();
    await server.stop();
    await directory.remove();
  }
}

/** A small write and its fdatasync, what a durable answer cannot do without. */
async function syncOnce(file: Awaited<ReturnType<typeof open>>): Promise<void> {
  await file.write('x'.repeat(2048), 0);
  await file.datasync();
}

const definition = {
  family: 'bench',
  networkMode: 'none',
  containerDefinitions: [
    { name: 'app', image: 'bench:1', cpu: 1, memory: 6, environment: [{ name: 'A', value: 'b' }] },
  ],
};
