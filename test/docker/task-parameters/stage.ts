import type { RunTaskResponse } from '@aws-sdk/client-ecs';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AwsError } from '../../../src/aws/error.ts';
import { buildShellImage } from '../../../src/app/shell-image.ts';
import { type Client, taskReaches } from '../../running/cluster.ts';
import { docker } from '../../running/engine.ts';
import { eventually } from '../../running/eventually.ts';
import type { Docker } from '../../../src/world/docker.ts';
import { factIn, type Scene, type Seen, type Stage } from './table.ts';

const run = promisify(execFile);

/** An image with a few more programs than other tests need; Perl speaks every socket. */
export const factsImage = 'longshore-test:facts';

export async function ensureFactsImage(): Promise<void> {
  if (await docker.inspectImage(factsImage)) return;
  const programs = ['df', 'grep', 'mknod', 'mount', 'perl', 'pwd', 'readlink', 'stat', 'touch', 'tr', 'tty', 'wc'];
  const { stdout } = await run('perl', ['-e', 'print join "\n", grep { m{perl-base|perl/5} && -d } @INC']);
  const base = stdout.split('\n').filter((directory) => directory.endsWith('perl-base'));
  await buildShellImage(docker, factsImage, { programs, directories: base.length > 0 ? base : stdout.split('\n') });
}

export function openStage(
  sdk: Stage['sdk'],
  client: Client,
  cluster: string,
  subnets: readonly string[],
): Stage & { readonly started: readonly string[]; close(): Promise<void> } {
  const started: string[] = [];
  const played = new Map<Scene, Promise<Seen>>();
  let families = 0;

  async function launch(scene: Scene): Promise<{ readonly family: string; readonly answer: RunTaskResponse }> {
    const family = `row-${(families += 1)}`;
    await client.call('ecs', 'RegisterTaskDefinition', { family, ...withImage(scene.definition) });
    const network =
      scene.definition['networkMode'] === 'awsvpc'
        ? { networkConfiguration: { awsvpcConfiguration: { subnets } } }
        : {};
    const answer = await client.call<RunTaskResponse>('ecs', 'RunTask', {
      cluster,
      taskDefinition: family,
      ...network,
      ...scene.run,
    });
    started.push(...(answer.tasks ?? []).map((task) => task.taskArn ?? ''));
    return { family, answer };
  }

  async function play(scene: Scene): Promise<Seen> {
    const { family, answer } = await launch(scene);
    const taskArn = answer.tasks?.[0]?.taskArn;
    if (!taskArn) throw new Error(`the task was not placed: ${JSON.stringify(answer.failures)}`);
    const task = await taskReaches(client, cluster, taskArn, scene.until ?? 'STOPPED');
    const idOf = (name: string): string => {
      const id = task.containers?.find((container) => container.name === name)?.runtimeId;
      if (!id)
        throw new Error(`container ${name} was not made: ${task.stoppedReason ?? JSON.stringify(task.containers)}`);
      return id;
    };
    const output = (name: string): Promise<string> => outputOf(idOf(name));
    return {
      family,
      task,
      idOf,
      output,
      fact: async (name, wanted) => {
        const { reason } = task.containers?.find((container) => container.name === name) ?? {};
        if (reason !== undefined) throw new Error(`${name}: ${reason}`);
        const told = await eventually(`all facts of ${name}`, async () => {
          const text = await output(name);
          return text.includes('@@end') ? text : undefined;
        });
        return factIn(told, wanted);
      },
      inspect: async (name) => JSON.parse(JSON.stringify((await docker.inspectContainer(idOf(name))) ?? {})),
    };
  }

  return {
    sdk,
    client,
    cluster,
    image: factsImage,
    note: (...taskArns) => void started.push(...taskArns),
    started,
    close: async () => {
      await Promise.all(started.map((task) => client.call('ecs', 'StopTask', { cluster, task })));
      await Promise.all(started.map((task) => taskReaches(client, cluster, task, 'STOPPED')));
    },
    play(scene) {
      const seen = played.get(scene) ?? play(scene);
      played.set(scene, seen);
      return seen;
    },
    refusedRegistration: (definition) =>
      messageOf(() =>
        client.call('ecs', 'RegisterTaskDefinition', { family: `row-${(families += 1)}`, ...withImage(definition) }),
      ),
    refusedRun: (scene) =>
      messageOf(async () => {
        const { answer } = await launch(scene);
        if (answer.failures?.length) throw new AwsError('Failure', answer.failures.map(({ reason }) => reason).join());
      }),
    start: async (scene) => {
      const { answer } = await launch(scene);
      const arn = answer.tasks?.[0]?.taskArn;
      if (!arn) throw new Error(`the task was not placed: ${JSON.stringify(answer.failures)}`);
      return arn;
    },
    reaches: (taskArn, status) => taskReaches(client, cluster, taskArn, status),
  };
}

/** Containers that name no image have the image of the facts, a size, and no long end. */
function withImage(definition: Scene['definition']): object {
  return {
    ...definition,
    containerDefinitions: definition.containerDefinitions.map((container) => ({
      image: factsImage,
      memory: 32,
      stopTimeout: 2, // the first process of a container does not end by SIGTERM unless it says so
      ...container,
    })),
  };
}

export async function outputOf(id: string, engine: Pick<Docker, 'logs'> = docker): Promise<string> {
  let text = '';
  for await (const line of engine.logs(id, { follow: false }, new AbortController().signal)) {
    text += `${new TextDecoder().decode(line.text)}\n`;
  }
  return text;
}

async function messageOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return `${error.code}: ${error.message}`;
  }
  throw new Error('it was not refused');
}
