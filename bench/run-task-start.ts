import { join } from 'node:path';
import { DescribeSubnetsCommand, EC2Client, type Subnet } from '@aws-sdk/client-ec2';
import { networkNameOf } from '../src/agent/docker-config.ts';
import { pauseImage } from '../src/agent/images/pause-image.ts';
import { createRealCgroups } from '../src/world/real/real-cgroups.ts';
import type { ContainerBody } from '../src/world/docker.ts';
import { clientOf, connectedInstance, taskReaches } from '../test/running/cluster.ts';
import { docker, ensureTestImage, removeContainersOf, testImage } from '../test/running/engine.ts';
import {
  type LongshoreProcess,
  type Server,
  startLongshore,
  startServer,
  temporaryDirectory,
  testKeys,
} from '../test/running/server.ts';
import { eventually } from '../test/running/eventually.ts';
import { EngineProxy } from './engine-proxy.ts';
import { type Figure, median, milliseconds, ratioFigure } from './figure.ts';

const rounds = 20;
const cgroups = createRealCgroups();
const cluster = 'bench';

export interface StartKind {
  readonly bench: string;
  readonly name: string;
  readonly networkMode: 'host' | 'bridge' | 'awsvpc';
  readonly warmSandboxes: number;
  readonly atMost: number;
}

/** With a sandbox ready, a container is measured against one with a network of its own. */
export const startKinds: readonly StartKind[] = [
  { bench: 'run-task-start-host', name: 'host mode', networkMode: 'host', warmSandboxes: 0, atMost: 1.1 },
  { bench: 'run-task-start-bridge', name: 'bridge mode', networkMode: 'bridge', warmSandboxes: 0, atMost: 1.05 },
  {
    bench: 'run-task-start-warm',
    name: 'bridge mode, sandbox ready',
    networkMode: 'bridge',
    warmSandboxes: 1,
    atMost: 0.5,
  },
  {
    bench: 'run-task-start-awsvpc',
    name: 'awsvpc mode, sandbox ready',
    networkMode: 'awsvpc',
    warmSandboxes: 1,
    atMost: 0.35,
  },
];

/**
 * From RunTask's answer to the running container, against create + start of the same container by hand over the same
 * socket. Both go through a proxy that notes when the engine begins and ends create and start: the rest is our share.
 */
export async function runTaskStart({
  name,
  networkMode,
  warmSandboxes,
  atMost,
}: StartKind): Promise<readonly Figure[]> {
  await ensureTestImage();
  const directory = await temporaryDirectory();
  const proxy = await EngineProxy.listen(join(directory.path, 'engine.sock'));
  const server = await startServer({ dataDirectory: join(directory.path, 'server'), agent: false });
  const agent = startLongshore(['agent', '--cluster', cluster, '--data-dir', join(directory.path, 'agent')], {
    ...server.environment,
    DOCKER_HOST: `unix://${proxy.path}`,
    LONGSHORE_WARM_SANDBOXES: String(warmSandboxes),
  });
  const arns: string[] = [];
  try {
    const client = clientOf(server);
    await client.call('ecs', 'CreateCluster', { clusterName: cluster });
    await connectedInstance(client, cluster);
    const subnet = networkMode === 'awsvpc' ? await anySubnet(server) : undefined;
    await client.call('ecs', 'RegisterTaskDefinition', {
      family: networkMode,
      networkMode,
      containerDefinitions: [
        { name: 'app', image: testImage, cpu: 10, memory: 32, command: ['sleep', '1000'], stopTimeout: 2 },
      ],
    });
    const oursMs: number[] = [];
    const shareMs: number[] = [];
    const rawMs: number[] = [];
    let body: ContainerBody | undefined;
    for (let round = -2; round < rounds; round += 1) {
      const task = await runOnce(client, proxy, networkMode, subnet?.SubnetId);
      arns.push(task.arn);
      body ??= await sameContainer(task.runtimeId, networkMode);
      const network = subnet && networkNameOf(subnet.CidrBlock ?? '');
      const raw = await rawOnce(proxy, body, network);
      await client.call('ecs', 'StopTask', { cluster, task: task.arn });
      await taskReaches(client, cluster, task.arn, 'STOPPED');
      if (warmSandboxes > 0) await sandboxesReady(agent, arns.length, networkMode);
      if (round < 0) continue; // warm-up
      oursMs.push(task.ms);
      shareMs.push(task.shareMs);
      rawMs.push(raw);
    }
    const start = ratioFigure({
      name: `RunTask to running, ${name}`,
      subject: 'answer of RunTask to the end of start',
      anchor:
        networkMode === 'awsvpc'
          ? 'create + start by the Engine API of a pause container on the same network, then of the container in it'
          : 'create + start by the Engine API, same mode without a sandbox',
      oursMs: median(oursMs),
      anchorMs: median(rawMs),
      atMost,
    });
    // In a sandbox of the task's own the rules of its security groups are part of it, for which no goal is set apart.
    if (networkMode === 'awsvpc') return [start];
    return [
      start,
      {
        name: `own share, ${name}`,
        subject: 'the same without the time the engine takes for create and start',
        anchor: 'none',
        ours: milliseconds(median(shareMs)),
        anchors: '',
        value: milliseconds(median(shareMs)),
        goal: 'p50 ≤ 5 ms',
        held: median(shareMs) <= 5,
      },
    ];
  } finally {
    await agent.end('SIGTERM');
    await server.stop();
    await removeContainersOf(arns);
    await proxy.close();
    await directory.remove();
  }
}

/** The agent says so, each time that all are ready again, with how many have asked for one. */
async function sandboxesReady(
  agent: LongshoreProcess,
  asked: number,
  networkMode: StartKind['networkMode'],
): Promise<void> {
  const pattern =
    networkMode === 'awsvpc'
      ? /"interfacesReady":1,"interfaceHits":(\d+),"interfaceMisses":(\d+)/g
      : /"hits":(\d+),"misses":(\d+)/g;
  await eventually('a sandbox', async () => {
    const said = agent.log().matchAll(pattern);
    return said.some(([, hits, misses]) => Number(hits) + Number(misses) === asked) ? true : undefined;
  });
}

async function anySubnet({ endpoint }: Server): Promise<Subnet> {
  const ec2 = new EC2Client({ endpoint, region: 'us-east-1', credentials: testKeys });
  const { Subnets: [subnet] = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  if (!subnet) throw new Error('the default VPC has no subnet');
  return subnet;
}

async function runOnce(
  client: ReturnType<typeof clientOf>,
  proxy: EngineProxy,
  family: string,
  subnetId: string | undefined,
) {
  const calls = proxy.nextStart();
  const answer = await client.call<{ readonly tasks: readonly { readonly taskArn: string }[] }>('ecs', 'RunTask', {
    cluster,
    taskDefinition: family,
    ...(subnetId !== undefined && { networkConfiguration: { awsvpcConfiguration: { subnets: [subnetId] } } }),
  });
  const accepted = performance.now();
  const { create, start } = await calls;
  const arn = answer.tasks[0]?.taskArn ?? '';
  const running = await taskReaches(client, cluster, arn, 'RUNNING');
  const ms = start.end - accepted;
  return {
    arn,
    runtimeId: running.containers?.[0]?.runtimeId ?? '',
    ms,
    shareMs: ms - (create.end - create.begin) - (start.end - start.begin),
  };
}

/**
 * Creates and starts a container like the agent's, before it one that holds its network where one is named, waits for the
 * end of start, and removes them outside the measured time.
 */
async function rawOnce(proxy: EngineProxy, body: ContainerBody, network: string | undefined): Promise<number> {
  const { docker: engine } = proxy;
  const begun = performance.now();
  const name = `longshore-bench-${Math.round(begun * 1000)}`;
  // A group of its own, as each task has: making it is work for the engine.
  const CgroupParent = `/ecs/${name}`;
  const made: string[] = [];
  const run = async (called: string, wanted: ContainerBody): Promise<string> => {
    const HostConfig = { ...wanted.HostConfig, CgroupParent };
    const id = await engine.createContainer(called, { ...wanted, HostConfig });
    made.push(id);
    await engine.startContainer(id);
    return id;
  };
  const holder =
    network &&
    (await run(`${name}-pause`, {
      Image: pauseImage,
      HostConfig: { NetworkMode: network, LogConfig: { Type: 'none', Config: {} } },
    }));
  const joined = holder ? { NetworkMode: `container:${holder}` } : {};
  await run(name, { ...body, HostConfig: { ...body.HostConfig, ...joined } });
  const ms = performance.now() - begun;
  for (const id of made.toReversed()) await engine.removeContainer(id, { force: true, volumes: true });
  await cgroups.removeTaskCgroup(CgroupParent);
  return ms;
}

/** What to create to have the same container as the agent made, without the labels by which an agent would know it. */
async function sameContainer(runtimeId: string, networkMode: string): Promise<ContainerBody> {
  const inspected = await docker.inspectContainer(runtimeId);
  if (!inspected) throw new Error(`there is no container ${runtimeId}`);
  return {
    Image: testImage,
    Cmd: ['sleep', '1000'],
    HostConfig: { ...inspected.HostConfig, NetworkMode: networkMode },
  };
}
