import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CgroupLimits, Cgroups } from '../cgroups.ts';

/**
 * Cgroups of this machine. A path is made under every hierarchy it needs (version 1) or in the one tree (version 2);
 * a slice is asked of systemd, which owns that tree and would undo what others write into it.
 *
 * Its files are the kernel's own memory: a call takes less time than handing it to another thread and back, of which
 * every start of a task would need a dozen.
 */
export function createRealCgroups(root = '/sys/fs/cgroup'): Cgroups {
  return {
    async createTaskCgroup(parent, limits) {
      if (parent.endsWith('.slice')) await setSlice(parent, limits);
      else if (isVersion2(root)) createVersion2(root, parent, limits);
      else createVersion1(root, parent, limits);
    },
    async removeTaskCgroup(parent) {
      if (parent.endsWith('.slice')) await systemctl('stop', parent);
      else if (isVersion2(root)) removeDirectory(join(root, parent));
      else for (const hierarchy of hierarchies) removeDirectory(join(root, hierarchy, parent));
    },
  };
}

/** Those in which the engine puts the containers of a cgroup parent; it leaves the empty parents behind. */
const hierarchies = [
  'cpu',
  'memory',
  'cpuacct',
  'cpuset',
  'devices',
  'freezer',
  'blkio',
  'pids',
  'perf_event',
  'net_cls',
  'net_prio',
  'hugetlb',
  'rdma',
  'misc',
  'systemd',
  'unified',
] as const;

function createVersion1(root: string, parent: string, limits: CgroupLimits): void {
  handDownCpus(root, parent);
  const cpu = join(root, 'cpu', parent);
  const memory = join(root, 'memory', parent);
  mkdirSync(cpu, { recursive: true });
  mkdirSync(memory, { recursive: true });
  if (limits.cpuShares !== undefined) writeFileSync(join(cpu, 'cpu.shares'), String(limits.cpuShares));
  if (limits.cpuPeriodUs !== undefined) writeFileSync(join(cpu, 'cpu.cfs_period_us'), String(limits.cpuPeriodUs));
  if (limits.cpuQuotaUs !== undefined) writeFileSync(join(cpu, 'cpu.cfs_quota_us'), String(limits.cpuQuotaUs));
  try {
    // Without it a version 1 parent does not count its children's memory.
    writeFileSync(join(memory, 'memory.use_hierarchy'), '1');
  } catch {
    // It is read-only where it is always so.
  }
  if (limits.memoryBytes !== undefined) {
    writeFileSync(join(memory, 'memory.limit_in_bytes'), String(limits.memoryBytes));
  }
}

/**
 * Lets every group under the first part of the path be made with that one's CPUs and memory nodes. The engine would write
 * them into the task's and the container's group, and for each of the two the kernel goes through all groups of the machine
 * under one lock: tens of milliseconds of each start where a few thousand are left behind.
 */
function handDownCpus(root: string, parent: string): void {
  const hierarchy = join(root, 'cpuset');
  const top = join(hierarchy, parent.split('/').find((name) => name !== '') ?? '');
  const switchFile = join(top, 'cgroup.clone_children');
  try {
    mkdirSync(top, { recursive: true });
    if (readFileSync(switchFile, 'utf8').trim() === '1') return;
    for (const name of ['cpuset.cpus', 'cpuset.mems']) {
      const isEmpty = readFileSync(join(top, name), 'utf8').trim() === '';
      if (isEmpty) writeFileSync(join(top, name), readFileSync(join(hierarchy, name)));
    }
    writeFileSync(switchFile, '1');
  } catch {
    // Without that hierarchy, or where it may not be changed, containers start all the same.
  }
}

function createVersion2(root: string, parent: string, limits: CgroupLimits): void {
  const directory = join(root, parent);
  mkdirSync(directory, { recursive: true });
  // A controller works in a group only when every group above hands it down.
  const names = parent.split('/').filter((name) => name !== '');
  for (let depth = 0; depth < names.length; depth += 1) {
    writeFileSync(join(root, ...names.slice(0, depth), 'cgroup.subtree_control'), '+cpu +memory');
  }
  const period = limits.cpuPeriodUs ?? 100_000;
  if (limits.cpuQuotaUs !== undefined) writeFileSync(join(directory, 'cpu.max'), `${limits.cpuQuotaUs} ${period}`);
  if (limits.cpuShares !== undefined) writeFileSync(join(directory, 'cpu.weight'), String(weightOf(limits.cpuShares)));
  if (limits.memoryBytes !== undefined) writeFileSync(join(directory, 'memory.max'), String(limits.memoryBytes));
}

async function setSlice(slice: string, limits: CgroupLimits): Promise<void> {
  const period = limits.cpuPeriodUs ?? 100_000;
  const properties = [
    ...(limits.cpuQuotaUs === undefined
      ? []
      : [`CPUQuota=${(100 * limits.cpuQuotaUs) / period}%`, `CPUQuotaPeriodSec=${period}us`]),
    ...(limits.cpuShares === undefined ? [] : [`CPUWeight=${weightOf(limits.cpuShares)}`]),
    ...(limits.memoryBytes === undefined ? [] : [`MemoryMax=${limits.memoryBytes}`]),
  ];
  await systemctl('start', slice);
  if (properties.length > 0) await systemctl('set-property', '--runtime', slice, ...properties);
}

/** Shares 2..262144 onto weights 1..10000, as runc does. */
function weightOf(shares: number): number {
  return Math.min(10_000, Math.max(1, 1 + Math.floor(((shares - 2) * 9999) / 262_142)));
}

async function systemctl(...command: readonly string[]): Promise<void> {
  await promisify(execFile)('systemctl', [...command], { timeout: 10_000 });
}

function isVersion2(root: string): boolean {
  return existsSync(join(root, 'cgroup.controllers'));
}

function removeDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
