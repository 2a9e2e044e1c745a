import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cgroupParentOf } from '../../src/agent/docker-config.ts';
import { buildShellImage } from '../../src/app/shell-image.ts';
import { createRealCgroups } from '../../src/world/real/real-cgroups.ts';
import { realDocker } from '../../src/world/real/real-docker.ts';
import type { ContainerSummary } from '../../src/world/docker.ts';

const run = promisify(execFile);
export const docker = realDocker();
const cgroups = createRealCgroups();

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
  await removeCgroupsOf(taskArns);
}

/** What an agent that ended left of tasks. Thousands of groups make every start of a container slower. */
export async function removeCgroupsOf(taskArns: readonly string[]): Promise<void> {
  const { CgroupDriver } = await docker.info();
  for (const taskArn of taskArns) {
    // One that an agent still uses is that agent's.
    await cgroups.removeTaskCgroup(cgroupParentOf(taskArn, CgroupDriver)).catch(() => undefined);
  }
}

/** Runs a program on the host and gives its standard output. */
export async function host(program: string, ...args: readonly string[]): Promise<string> {
  return (await run(program, args)).stdout;
}
