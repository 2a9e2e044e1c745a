import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildShellImage } from '../../src/app/shell-image.ts';
import { realDocker } from '../../src/world/real/real-docker.ts';
import type { ContainerSummary } from '../../src/world/docker.ts';

const run = promisify(execFile);
export const docker = realDocker();

/** The image that tests run: the shell of this machine, built once for all tests of a run. */
export const testImage = 'longshore-test:shell';

export async function ensureTestImage(): Promise<void> {
  if (!(await docker.inspectImage(testImage))) await buildShellImage(docker, testImage);
}

/** The engine's containers of a task, by its ARN, stopped ones too. */
export async function containersOf(taskArn: string): Promise<readonly ContainerSummary[]> {
  return await docker.listContainers([`com.amazonaws.ecs.task-arn=${taskArn}`]);
}

/** Removes the containers of these tasks: what a test leaves would disturb the next. */
export async function removeContainersOf(taskArns: readonly string[]): Promise<void> {
  for (const taskArn of taskArns) {
    for (const container of await containersOf(taskArn)) {
      await docker.removeContainer(container.Id, { force: true, volumes: true });
    }
  }
}

/** Runs a program on the host and gives its standard output. */
export async function host(program: string, ...args: readonly string[]): Promise<string> {
  return (await run(program, args)).stdout;
}
