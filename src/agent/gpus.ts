import type { DockerInfo } from '../world/docker.ts';
import type { Disk } from '../world/world.ts';
import type { PayloadTask } from './contract.ts';

export interface HostGpus {
  readonly ids: readonly string[];
  readonly driverVersion?: string;
}

/**
 * This host's GPUs: those in the file that ecs-init writes for the stock agent, where it is there, else as NVIDIA's driver
 * tells them. None where the engine has no runtime that gives them to containers.
 */
export async function findGpus(disk: Pick<Disk, 'list' | 'read'>, info: DockerInfo): Promise<HostGpus> {
  if (!info.Runtimes || !(gpuRuntime in info.Runtimes)) return { ids: [] };
  const listed = await disk.read(stockInfoFile);
  if (listed) return gpusIn(new TextDecoder().decode(listed));
  const ids: string[] = [];
  for (const bus of await disk.list(`${driverDirectory}/gpus`)) {
    const text = new TextDecoder().decode(await disk.read(`${driverDirectory}/gpus/${bus}/information`));
    const id = /^GPU UUID:\s*(GPU-\S+)$/m.exec(text)?.[1];
    if (id !== undefined) ids.push(id);
  }
  const version = new TextDecoder().decode(await disk.read(`${driverDirectory}/version`));
  return gpusOfDriver(ids, /^NVRM version:.*?\s(\d+\.\d[\d.]*)\s/m.exec(version)?.[1]);
}

/** `{"DriverVersion": "…", "GPUIDs": ["GPU-…"]}`. Whoever wrote another file is told so when the agent starts. */
function gpusIn(text: string): HostGpus {
  const value: unknown = JSON.parse(text);
  const { GPUIDs: ids, DriverVersion: version }: { readonly GPUIDs?: unknown; readonly DriverVersion?: unknown } =
    typeof value === 'object' && value !== null ? value : {};
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
    throw new Error(`${stockInfoFile} names no GPUIDs`);
  }
  return gpusOfDriver(ids, typeof version === 'string' && version !== '' ? version : undefined);
}

function gpusOfDriver(ids: readonly string[], driverVersion: string | undefined): HostGpus {
  return { ids, ...(driverVersion === undefined ? {} : { driverVersion }) };
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
const driverDirectory = '/proc/driver/nvidia';
