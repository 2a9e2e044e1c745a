/** The resources of ECS as IAM is asked about them: their ARNs, their tags, the cluster they are in. */
import type { Tag } from '@aws-sdk/client-ecs';
import type { Call, Parsed } from '../../aws/operation.ts';
import {
  type ConditionValues,
  type Permission,
  requestTagConditions,
  resourceTagConditions,
} from '../../aws/permission.ts';
import { parseArn } from '../../core/arn.ts';
import type { Reader } from '../../store/store.ts';
import {
  clusterArnOf,
  clusterNameOf,
  containerInstanceArnOf,
  ecsArn,
  findTaskDefinition,
  parseTaskDefinition,
  serviceArnOf,
  taskArnOf,
} from './references.ts';
import { parseCpuUnits, parseMemoryMiB } from './rules/task-size.ts';
import { services, taskSets } from './service-tables.ts';
import { clusters, containerInstances, type Tags, taskDefinitions, tasks } from './tables.ts';

export interface Asked {
  readonly call: Call;
  readonly reader: Reader;
}

/** `action` without its prefix. The tags of the resource, where there is one, are added to the conditions. */
export function permissionOn({ reader }: Asked, action: string, arn: string, conditions: ConditionValues): Permission {
  return {
    action: `ecs:${action}`,
    resources: [arn],
    conditions: { ...resourceTagConditions(plainTags(tagsOf(reader, arn))), ...conditions },
  };
}

/** Without the key `ecs:cluster`: here the cluster is the resource. */
export function onCluster(
  asked: Asked,
  action: string,
  reference: string | undefined,
  conditions: ConditionValues = {},
): Permission {
  return permissionOn(asked, action, clusterArnOf(asked.call, reference), conditions);
}

export function onService(
  asked: Asked,
  action: string,
  cluster: string | undefined,
  reference: string,
  conditions: ConditionValues = {},
): Permission {
  const clusterArn = clusterArnOf(asked.call, cluster);
  const arn = serviceArnOf(asked.call, clusterArn, reference);
  return permissionOn(asked, action, arn, { 'ecs:cluster': clusterArn, ...conditions });
}

export function onTasks(
  asked: Asked,
  action: string,
  cluster: string | undefined,
  references: readonly string[],
  conditions: ConditionValues = {},
): readonly Permission[] {
  const clusterArn = clusterArnOf(asked.call, cluster);
  return references.map((reference) => {
    const arn = taskArnOf(asked.call, clusterArn, reference);
    return permissionOn(asked, action, arn, { 'ecs:cluster': clusterArn, ...conditions });
  });
}

/** `*` stands for any instance of the cluster. */
export function onInstances(
  asked: Asked,
  action: string,
  cluster: string | undefined,
  references: readonly string[],
): readonly Permission[] {
  const { call } = asked;
  const clusterArn = clusterArnOf(call, cluster);
  return references.map((reference) => {
    const arn =
      reference === '*'
        ? ecsArn(call, `container-instance/${clusterNameOf(clusterArn)}/*`)
        : containerInstanceArnOf(call, clusterArn, reference);
    return permissionOn(asked, action, arn, { 'ecs:cluster': clusterArn });
  });
}

/** A service deployment or revision, `service-deployment/<cluster>/<service>/<id>`, and its service: both are asked about. */
export function childOfService(asked: Asked, action: string, arn: string): readonly Permission[] {
  const [, cluster, name] = parseArn(arn)?.resource.split('/') ?? [];
  if (!cluster || !name) return [permissionOn(asked, action, arn, {})];
  const service = ecsArn(asked.call, `service/${cluster}/${name}`);
  const inCluster = { 'ecs:cluster': ecsArn(asked.call, `cluster/${cluster}`) };
  return [
    permissionOn(asked, action, service, inCluster),
    permissionOn(asked, action, arn, { ...inCluster, 'ecs:service': service }),
  ];
}

/**
 * The task definition as the caller named it: of a family without a revision the ARN without one, so that a policy for
 * `family:*` does not cover it.
 */
export function definitionArnAsked(call: Call, reference: string): string {
  const { family, revision } = parseTaskDefinition(call, reference);
  return ecsArn(call, `task-definition/${family}${revision === undefined ? '' : `:${revision}`}`);
}

export function clusterConditions({ call }: Asked, reference: string | undefined): ConditionValues {
  return { 'ecs:cluster': clusterArnOf(call, reference) };
}

export function capacityProviderConditions({ call }: Asked, providers: readonly string[] | undefined): ConditionValues {
  if (!providers?.length) return {};
  const arns = providers.map((name) => (name.startsWith('arn:') ? name : ecsArn(call, `capacity-provider/${name}`)));
  return { 'ecs:capacity-provider': arns };
}

/**
 * The size of a task in CPU units and MiB, however it was written: what the request says, else what the definition says.
 * The reference lists these keys for services too, whose requests name no size (unsure: that it is the definition's).
 */
export function sizeConditions(
  { call, reader }: Asked,
  size: { readonly cpu?: string | undefined; readonly memory?: string | undefined },
  taskDefinition?: string,
): ConditionValues {
  const defined =
    taskDefinition === undefined ? undefined : findTaskDefinition(reader, call, taskDefinition)?.definition;
  const { cpu = defined?.cpu, memory = defined?.memory } = size;
  return {
    ...(cpu !== undefined && { 'ecs:task-cpu': String(parseCpuUnits(cpu) ?? cpu) }),
    ...(memory !== undefined && { 'ecs:task-memory': String(parseMemoryMiB(memory) ?? memory) }),
  };
}

export function requestTags(tags: readonly Parsed<Tag>[] | undefined): ConditionValues {
  return requestTagConditions(plainTags(tags ?? []));
}

/** Whoever creates something with tags must also be allowed to tag it. */
export function taggedOnCreation(
  createAction: string,
  resources: readonly string[],
  tags: readonly Parsed<Tag>[] | undefined,
): readonly Permission[] {
  if (!tags?.length) return [];
  return [
    {
      action: 'ecs:TagResource',
      resources,
      conditions: { 'ecs:CreateAction': createAction, ...requestTags(tags) },
    },
  ];
}

function plainTags(tags: readonly Parsed<Tag>[]): readonly { readonly key: string; readonly value: string }[] {
  return tags.map(({ key = '', value = '' }) => ({ key, value }));
}

function tagsOf(reader: Reader, arn: string): Tags {
  const kind = /^arn:aws:ecs:[^:]*:[^:]*:([a-z-]+)\//.exec(arn)?.[1] ?? '';
  return (Object.hasOwn(tagged, kind) ? tagged[kind]?.(reader, arn) : undefined) ?? [];
}

const tagged: Readonly<Record<string, (reader: Reader, arn: string) => Tags | undefined>> = {
  cluster: (reader, arn) => reader.get(clusters, arn)?.tags,
  'container-instance': (reader, arn) => reader.get(containerInstances, arn)?.tags,
  service: (reader, arn) => reader.get(services, arn)?.tags,
  task: (reader, arn) => reader.get(tasks, arn)?.tags,
  'task-definition': (reader, arn) => reader.get(taskDefinitions, arn)?.tags,
  'task-set': (reader, arn) => reader.get(taskSets, arn)?.tags,
};
