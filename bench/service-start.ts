import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildShellImage } from '../src/app/shell-image.ts';
import { realDocker } from '../src/world/real/real-docker.ts';
import { host, testImage } from '../test/running/engine.ts';
import { Installation } from '../test/running/installation.ts';
import { startPrivateEngine } from '../test/running/private-engine.ts';
import { temporaryDirectory } from '../test/running/server.ts';
import { type Figure, median, ratioFigure, timed } from './figure.ts';
import { LongshoreSide } from './longshore-side.ts';
import type { ServiceSetting, Side } from './service-side.ts';
import { SwarmSide } from './swarm-side.ts';
import { Swarm } from './swarm.ts';

/** One figure, measured by itself on an engine of its own: each takes one to two minutes. */
export interface ServicePart extends ServiceSetting {
  readonly name: string;
  readonly replicas: number;
  readonly rounds: number;
  /** Rounds before those, which warm both sides up. */
  readonly warmUps: number;
  readonly what: 'create' | 'update';
  /** Our time at most as a part of Swarm's. */
  readonly atMost: number;
}

const start = { networkMode: 'bridge', what: 'create', warmUps: 1 } as const;
const firstRounds = 6;
const firstReplicas = 10;
const coldGoal = { warmSandboxes: 0, rounds: 3 } as const;

/** With as many sandboxes ready as there are replicas, as it comes, and with none. The host's network needs none. */
export const serviceParts: readonly ServicePart[] = [
  { ...start, name: 'service-start-1', replicas: 1, rounds: 7, warmUps: 0, warmSandboxes: 1, atMost: 0.3 },
  { ...start, name: 'service-start-10', replicas: 10, rounds: 4, warmUps: 0, warmSandboxes: 10, atMost: 0.4 },
  { ...start, name: 'service-start-50', replicas: 50, rounds: 1, warmUps: 0, warmSandboxes: 50, atMost: 0.4 },
  { ...start, name: 'service-start-default-1', replicas: 1, rounds: 7, warmUps: 0, atMost: 0.6 },
  { ...start, name: 'service-start-default-10', replicas: 10, rounds: 4, warmUps: 0, atMost: 0.9 },
  { ...start, name: 'service-start-default-50', replicas: 50, rounds: 1, atMost: 0.9 },
  { ...start, ...coldGoal, name: 'service-start-cold-1', replicas: 1, atMost: 0.6 },
  { ...start, ...coldGoal, name: 'service-start-cold-10', replicas: 10, atMost: 0.9 },
  { ...start, ...coldGoal, name: 'service-start-cold-50', replicas: 50, rounds: 2, warmUps: 0, atMost: 0.9 },
  {
    name: 'service-update',
    replicas: 10,
    rounds: 5,
    warmUps: 1,
    networkMode: 'host',
    warmSandboxes: 0,
    what: 'update',
    atMost: 0.75,
  },
];

/**
 * A service from the call that creates it to its last task RUNNING, against Docker Swarm on the same engine, in turns; and
 * the update of a service all at once. Both use the same network of the engine, and no image is looked up. The engine is
 * a private one, so that Swarm is begun and left without touching the machine's, and its files are in memory: a file system
 * passes over what earlier rounds deleted, one by one, which would make every round dearer than the one before. What we
 * store ourselves is on the disk. Sandboxes are made ready outside the measured time.
 */
export async function servicePart(part: ServicePart): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const engineData = join(directory.path, 'data');
  await mkdir(engineData);
  await host('mount', '-t', 'tmpfs', 'longshore-bench', engineData); // unmounted with the engine
  const engine = await startPrivateEngine(directory.path, {
    environment: { DOCKER_SERVICE_PREFER_OFFLINE_IMAGE: '1' },
    bridge: part.networkMode === 'bridge',
  });
  const docker = realDocker(engine.address);
  await buildShellImage(docker, testImage);
  const swarm = new Swarm(engine.socketPath);
  await swarm.begin();
  const installation = await Installation.start('bench', {
    agentEnvironment: {
      DOCKER_HOST: engine.address,
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
      LONGSHORE_WARM_SANDBOXES: part.warmSandboxes?.toString(),
    },
  });
  try {
    const ours = new LongshoreSide(installation, docker, part);
    const sides: readonly Side[] = [ours, new SwarmSide(swarm, docker, part)];
    const { replicas } = part;
    await ours.begin();
    if (part.warmSandboxes !== 0) {
      // The first tasks show the agent that sandboxes are of use; and what runs once for each task is compiled only after some.
      for (let round = 0; round < firstRounds; round += 1) {
        for (const side of sides) {
          if (round > 0) await ours.ready();
          await side.create(Math.min(replicas, firstReplicas));
          await side.remove();
        }
      }
    }
    const [oursMs, anchorMs] = await inTurns(sides, part, async (side) => {
      if (part.what === 'create') return await timed(() => side.create(replicas));
      await side.create(replicas);
      return await timed(() => side.update(replicas));
    });
    return [figureOf(part, oursMs, anchorMs)];
  } finally {
    await installation.end();
    await swarm.leave();
    await engine.remove();
    await directory.remove();
  }
}

function figureOf(part: ServicePart, oursMs: number, anchorMs: number): Figure {
  const { replicas, rounds, networkMode, atMost } = part;
  const how = `${networkMode} network, median of ${rounds}`;
  if (part.what === 'update') {
    return ratioFigure({
      name: `update of ${replicas} in parallel`,
      subject: `UpdateService (0/100 percent) to ${replicas} new tasks RUNNING and none of the old, ${how}`,
      anchor: 'service update, parallelism 0, stop first, Docker Swarm',
      oursMs,
      anchorMs,
      atMost,
    });
  }
  return ratioFigure({
    name: `service of ${replicas} to all RUNNING, ${sandboxesOf(part)}`,
    subject: `CreateService to runningCount ${replicas}, ${how}`,
    anchor: `service create to all tasks running, Docker Swarm, ${networkMode} network`,
    oursMs,
    anchorMs,
    atMost,
  });
}

function sandboxesOf({ warmSandboxes }: ServicePart): string {
  if (warmSandboxes === undefined) return 'as it comes';
  return warmSandboxes > 0 ? 'sandboxes ready' : 'no sandboxes';
}

/** The medians of each side. */
async function inTurns(
  sides: readonly Side[],
  { rounds, warmUps }: ServicePart,
  measure: (side: Side) => Promise<number>,
): Promise<readonly [number, number]> {
  const times: number[][] = sides.map(() => []);
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [index, side] of sides.entries()) {
      await sides[0]?.ready(); // of both: what one makes ready would disturb the other
      const ms = await measure(side);
      await side.remove();
      if (round >= 0) times[index]?.push(ms);
    }
  }
  return [median(times[0] ?? []), median(times[1] ?? [])];
}
