import { join } from 'node:path';
import { DescribeSubnetsCommand, EC2Client, type Subnet } from '@aws-sdk/client-ec2';
import type { RunTaskResponse, Task } from '@aws-sdk/client-ecs';
import { agentLabel, networkNameOf } from '../src/agent/docker-config.ts';
import { pauseImage } from '../src/agent/images/pause-image.ts';
import { sandboxLabel } from '../src/agent/sandboxes/sandbox.ts';
import { createRealCgroups } from '../src/world/real/real-cgroups.ts';
import type { ContainerBody } from '../src/world/docker.ts';
import { docker, ensureTestImage, testImage } from '../test/running/engine.ts';
import { eventually } from '../test/running/eventually.ts';
import { Installation } from '../test/running/installation.ts';
import { type LongshoreProcess, temporaryDirectory } from '../test/running/server.ts';
import { EngineProxy } from './engine-proxy.ts';
import { type Figure, median, milliseconds, ratioFigure } from './figure.ts';

const rounds = 20;
const warmUps = 2;
const warmUpTasks = 200;
const cgroups = createRealCgroups();

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
  const installation = await Installation.start('bench', {
    agentEnvironment: { DOCKER_HOST: `unix://${proxy.path}`, LONGSHORE_WARM_SANDBOXES: String(warmSandboxes) },
  });
  try {
    const subnets = networkMode === 'awsvpc' ? await subnetsOf(installation) : [];
    await installation.client.call('ecs', 'RegisterTaskDefinition', {
      family: networkMode,
      networkMode,
      containerDefinitions: [
        { name: 'app', image: testImage, cpu: 10, memory: 32, command: ['sleep', '1000'], stopTimeout: 2 },
      ],
    });
    await warmUp(installation);
    const oursMs: number[] = [];
    const shareMs: number[] = [];
    const rawMs: number[] = [];
    let body: ContainerBody | undefined;
    for (let round = -warmUps; round < rounds; round += 1) {
      const task = await runOnce(installation, proxy, networkMode, subnets);
      body ??= await sameContainer(task.runtimeId, networkMode);
      const raw = await rawOnce(proxy, body, task.network);
      await installation.stop(task.arn);
      if (warmSandboxes > 0) {
        await sandboxesReady(installation.agent, round + warmUps + 1, networkMode);
        await onlyReadyOnesLeft(task.agentId, warmSandboxes);
      }
      if (round < 0) continue;
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
    await installation.end();
    await proxy.close();
    await directory.remove();
  }
}

/** What runs once for each task is compiled only after some hundreds, and a server lives for months. */
async function warmUp(installation: Installation): Promise<void> {
  await installation.client.call('ecs', 'RegisterTaskDefinition', {
    family: 'warm-up',
    networkMode: 'host',
    containerDefinitions: [{ name: 'app', image: testImage, cpu: 10, memory: 32, command: ['true'] }],
  });
  for (let run = 0; run < warmUpTasks; run += 10) {
    const { tasks = [] } = await installation.client.call<RunTaskResponse>('ecs', 'RunTask', {
      cluster: installation.cluster,
      taskDefinition: 'warm-up',
      count: 10,
    });
    for (const { taskArn = '' } of tasks) await installation.reaches(taskArn, 'STOPPED');
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

/** The used one is cleared away outside the measured time, as what is made by hand is. */
async function onlyReadyOnesLeft(agentId: string, warmSandboxes: number): Promise<void> {
  await eventually('the end of the used sandbox', async () => {
    const there = await docker.listContainers([`${agentLabel}=${agentId}`, sandboxLabel]);
    return there.length === warmSandboxes ? true : undefined;
  });
}

/** One of each zone: the tasks are placed in that of the host's. */
async function subnetsOf({ sdk }: Installation): Promise<readonly Subnet[]> {
  const ec2 = new EC2Client(sdk);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  ec2.destroy();
  return Subnets;
}

/** The engine's network that the task is in, when it has a network interface. */
function networkOf({ attachments = [] }: Task, subnets: readonly Subnet[]): string | undefined {
  const subnetId = attachments.flatMap(({ details = [] }) => details).find(({ name }) => name === 'subnetId')?.value;
  const subnet = subnets.find(({ SubnetId }) => SubnetId === subnetId);
  return subnet && networkNameOf(subnet.CidrBlock ?? '');
}

async function runOnce(
  installation: Installation,
  proxy: EngineProxy,
  taskDefinition: string,
  subnets: readonly Subnet[],
) {
  const calls = proxy.nextStart();
  const arn = await installation.launch({
    taskDefinition,
    ...(subnets.length > 0 && {
      networkConfiguration: { awsvpcConfiguration: { subnets: subnets.map(({ SubnetId = '' }) => SubnetId) } },
    }),
  });
  const accepted = performance.now();
  const { create, start } = await calls;
  const running = await installation.reaches(arn, 'RUNNING');
  const runtimeId = running.containers?.[0]?.runtimeId ?? '';
  const inspected = await docker.inspectContainer(runtimeId);
  const ms = start.end - accepted;
  return {
    arn,
    runtimeId,
    agentId: inspected?.Config.Labels[agentLabel] ?? '',
    network: networkOf(running, subnets),
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
