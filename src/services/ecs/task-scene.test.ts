/** The stage for tests of tasks: a cluster, a VPC, instances with room, task definitions; and agents' reports by hand. */
import assert from 'node:assert/strict';
import type { RegisterTaskDefinitionRequest, Task } from '@aws-sdk/client-ecs';
import type { Answer, Parsed } from '../../aws/operation.ts';
import { ensureDefaultVpc } from '../ec2/default-vpc.ts';
import { subnets } from '../ec2/tables.ts';
import { type Ecs, openEcs, someInstance } from './open-ecs.test.ts';
import { createCluster } from './operations/create-cluster.ts';
import { describeTasks } from './operations/describe-tasks.ts';
import { registerTaskDefinition } from './operations/register-task-definition.ts';
import { applyTaskReport, type TaskReport } from './rules/lifecycle.ts';
import { type ContainerInstanceRecord, containerInstances, type TaskRecord, tasks } from './tables.ts';

export interface TaskScene extends Ecs {
  /** Subnets of the default VPC, by zone: us-east-1a, us-east-1b. */
  readonly subnetIds: readonly [string, string];
  /** Registers an instance of the cluster `default` with the room given. */
  host(number: number, more?: HostOptions): Promise<ContainerInstanceRecord>;
  /** Registers an instance of the Fargate pool. */
  pool(number: number, more?: HostOptions): Promise<ContainerInstanceRecord>;
  define(more?: Partial<Parsed<RegisterTaskDefinitionRequest>>): Promise<string>;
  /** The record. */
  task(arn: string | undefined): TaskRecord;
  /** As the API shows it. */
  described(arn: string | undefined): Promise<Answer<Task>>;
  report(arn: string | undefined, report: Partial<TaskReport> & Pick<TaskReport, 'status'>): Promise<void>;
}

export interface HostOptions {
  readonly cpuUnits?: number;
  readonly memoryMiB?: number;
  readonly zone?: string;
  readonly attributes?: readonly { readonly name: string; readonly value?: string }[];
  readonly record?: Partial<ContainerInstanceRecord>;
}

export async function openTaskScene(): Promise<TaskScene> {
  const ecs = await openEcs();
  await ecs.ask(createCluster, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  const found = await ecs.store.update((tx, env) => {
    ensureDefaultVpc(tx, env, ecs.call);
    return [...tx.list(subnets)].sort((a, b) => (a.availabilityZone < b.availabilityZone ? -1 : 1));
  });
  const [first, second] = found.map((subnet) => subnet.subnetId);
  assert(first && second);
  const put = async (record: ContainerInstanceRecord): Promise<ContainerInstanceRecord> => {
    await ecs.store.update((tx) => tx.put(containerInstances, record));
    return record;
  };
  const scene: TaskScene = {
    ...ecs,
    subnetIds: [first, second],
    host: (number, more = {}) => put(instanceOf(number, more)),
    pool: (number, more = {}) =>
      put({
        ...instanceOf(number, more),
        arn: `arn:aws:ecs:us-east-1:123456789012:container-instance/longshore-fargate/${hex(number)}`,
        clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/longshore-fargate',
        capacity: 'FARGATE',
      }),
    define: async (more = {}) => {
      const { taskDefinition } = await ecs.ask(registerTaskDefinition, {
        family: 'web',
        containerDefinitions: [{ name: 'app', image: 'busybox', cpu: 100, memory: 128 }],
        ...more,
      });
      assert(taskDefinition?.taskDefinitionArn);
      return taskDefinition.taskDefinitionArn;
    },
    task: (arn = '') => {
      const task = ecs.store.view((reader) => reader.get(tasks, arn));
      assert(task, `task ${arn} is there`);
      return task;
    },
    described: async (arn = '') => {
      const { tasks: found = [] } = await ecs.ask(describeTasks, { tasks: [arn], include: ['TAGS'] });
      assert(found[0]);
      return found[0];
    },
    report: async (arn = '', report) => {
      await ecs.store.update((tx, env) => {
        const task = tx.get(tasks, arn);
        assert(task);
        tx.put(tasks, applyTaskReport(task, { containers: [], ...report }, env.now));
      });
    },
  };
  return scene;
}

function hex(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** What every stock agent says it can do, as far as the definitions of these tests ask. */
const capabilities = [
  'com.amazonaws.ecs.capability.docker-remote-api.1.17',
  'com.amazonaws.ecs.capability.docker-remote-api.1.18',
  'com.amazonaws.ecs.capability.docker-remote-api.1.19',
  'com.amazonaws.ecs.capability.docker-remote-api.1.21',
  'ecs.capability.task-eni',
  'ecs.capability.task-cpu-mem-limit',
];

function instanceOf(number: number, options: HostOptions): ContainerInstanceRecord {
  const { cpuUnits = 1024, memoryMiB = 1024, zone = 'us-east-1a', attributes = [], record = {} } = options;
  const id = hex(number);
  return someInstance({
    id,
    registeredResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: cpuUnits },
      { name: 'MEMORY', type: 'INTEGER', integerValue: memoryMiB },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
    ],
    attributes: [
      { name: 'ecs.availability-zone', value: zone },
      { name: 'ecs.cpu-architecture', value: 'x86_64' },
      ...capabilities.map((name) => ({ name })),
      ...attributes,
    ],
    ...record,
  });
}
