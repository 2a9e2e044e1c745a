import type { DockerInfo } from '../world/docker.ts';
import type { Disk } from '../world/world.ts';
import type { PayloadTask } from './contract.ts';

/**
 * Ids of this host's GPUs: those in the file that ecs-init writes for the stock agent, where it is there, else as NVIDIA's
 * driver tells them. None where the engine has no runtime that gives them to containers.
 */
export async function findGpus(disk: Pick<Disk, 'list' | 'read'>, info: DockerInfo): Promise<readonly string[]> {
  if (!info.Runtimes || !(gpuRuntime in info.Runtimes)) return [];
  const listed = await disk.read(stockInfoFile);
  if (listed) return gpuIdsIn(new TextDecoder().decode(listed));
  const ids: string[] = [];
  for (const bus of await disk.list(driverDirectory)) {
    const text = new TextDecoder().decode(await disk.read(`${driverDirectory}/${bus}/information`));
    const id = /^GPU UUID:\s*(GPU-\S+)$/m.exec(text)?.[1];
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/** `{"DriverVersion": "…", "GPUIDs": ["GPU-…"]}`. Whoever wrote another file is told so when the agent starts. */
function gpuIdsIn(text: string): readonly string[] {
  const value: unknown = JSON.parse(text);
  const ids: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'GPUIDs') : undefined;
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw new Error(`${stockInfoFile} names no GPUIDs`);
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
/** Where ecs-init leaves what nvidia-ml told it. */
const stockInfoFile = '/var/lib/ecs/gpu/nvidia-gpu-info.json';
const driverDirectory = '/proc/driver/nvidia/gpus';
