import type { DockerInfo } from '../world/docker.ts';
import type { Disk } from '../world/world.ts';
import type { PayloadTask } from './contract.ts';

/**
 * Ids of this host's GPUs, as NVIDIA's driver tells them; none where the engine has no runtime that gives them to
 * containers.
 */
export async function findGpus(disk: Pick<Disk, 'list' | 'read'>, info: DockerInfo): Promise<readonly string[]> {
  if (!info.Runtimes || !(gpuRuntime in info.Runtimes)) return [];
  const ids: string[] = [];
  for (const bus of await disk.list(driverDirectory)) {
    const text = new TextDecoder().decode(await disk.read(`${driverDirectory}/${bus}/information`));
    const id = /^GPU UUID:\s*(GPU-\S+)$/m.exec(text)?.[1];
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/** The GPUs that the control plane has chosen for one container. */
export function gpusOf({ associations = [] }: PayloadTask, containerName: string): readonly string[] {
  return associations
    .filter(({ type, containers }) => type === 'gpu' && containers.includes(containerName))
    .map(({ name }) => name);
}

export const gpuRuntime = 'nvidia';
const driverDirectory = '/proc/driver/nvidia/gpus';
