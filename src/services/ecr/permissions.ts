import type { Permission, Permissions } from '../../aws/permission.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { registryScope, repositoryArn } from './references.ts';
import { registryRecord } from './registry-record.ts';
import { isOfThisMachine } from './rules/cache-rule.ts';
import { pullThroughCacheRules, repositories, repositoryKey, type RepositoryRecord } from './tables.ts';

/** What an action on a repository asks of IAM: the caller's policies and the repository's own have their say. */
export function repositoryPermission(
  reader: Reader,
  action: string,
  registry: Scope,
  name: string,
  repository: RepositoryRecord | undefined = reader.get(repositories, repositoryKey(registry, name)),
): Permission {
  const { accountId } = registry;
  return {
    action,
    resources: [repositoryArn({ ...registry, name })],
    resourceAccountId: accountId,
    ...(repository ? { conditions: tagConditions(repository.tags, 'ecr:ResourceTag') } : {}),
    ...resourcePolicy(reader, registry, repository),
  };
}

/** The repository's own policy and its registry's, whose statements both count (REGISTRY_POLICY_SCOPE V2), as one text. */
function resourcePolicy(
  reader: Reader,
  registry: Scope,
  repository: RepositoryRecord | undefined,
): { readonly resourcePolicy?: string } {
  const texts = [repository?.policyText, registryRecord(reader, registry).policyText].filter(
    (text) => text !== undefined,
  );
  const [text, ...others] = texts;
  if (text === undefined) return {};
  if (others.length === 0) return { resourcePolicy: text };
  return { resourcePolicy: JSON.stringify({ Version: '2012-10-17', Statement: texts.flatMap(statementsOf) }) };
}

/** Of a policy that was checked when it was put. */
function statementsOf(text: string): readonly unknown[] {
  const { Statement } = JSON.parse(text) as { readonly Statement: unknown };
  return Array.isArray(Statement) ? Statement : [Statement];
}

interface NamesRepository {
  readonly repositoryName: string;
  readonly registryId?: string | undefined;
}

/** Of an operation on one repository. */
export function onRepository(operation: string): Permissions<NamesRepository> {
  return (input, { call, reader }) => [
    repositoryPermission(reader, `ecr:${operation}`, registryScope(call, input.registryId), input.repositoryName),
  ];
}

/** Of an operation on the repositories that are named, or on all. */
export function onRepositories(
  operation: string,
): Permissions<{ readonly repositoryNames?: readonly string[] | undefined; readonly registryId?: string | undefined }> {
  return (input, { call, reader }) => {
    const registry = registryScope(call, input.registryId);
    const names = input.repositoryNames ?? [];
    if (names.length === 0) {
      const resources = [repositoryArn({ ...registry, name: '*' })];
      return [{ action: `ecr:${operation}`, resources, resourceAccountId: registry.accountId }];
    }
    return names.map((name) => repositoryPermission(reader, `ecr:${operation}`, registry, name));
  };
}

/** Of an operation on a registry as a whole. */
export function onRegistry(operation: string): Permissions<{ readonly registryId?: string | undefined }> {
  return ({ registryId }, { call }) => {
    const { accountId } = registryScope(call, registryId);
    return [{ action: `ecr:${operation}`, resources: ['*'], resourceAccountId: accountId }];
  };
}

/**
 * Of an operation that gives a cache rule credentials. ECR sends them to the registries of its list and to nobody else;
 * a registry of this machine may be anybody's, so for one who sets the rule must be allowed to read the secret.
 */
export function onCacheRule(operation: string): Permissions<{
  readonly registryId?: string | undefined;
  readonly ecrRepositoryPrefix: string;
  readonly upstreamRegistryUrl?: string | undefined;
  readonly credentialArn?: string | undefined;
}> {
  return (input, { call, reader }) => {
    const registry = registryScope(call, input.registryId);
    const rule: Permission = {
      action: `ecr:${operation}`,
      resources: ['*'],
      resourceAccountId: registry.accountId,
    };
    const url =
      input.upstreamRegistryUrl ??
      reader.get(pullThroughCacheRules, repositoryKey(registry, input.ecrRepositoryPrefix))?.upstreamRegistryUrl;
    const { credentialArn } = input;
    if (credentialArn === undefined || url === undefined || !isOfThisMachine(url)) return [rule];
    return [rule, { action: 'secretsmanager:GetSecretValue', resources: [credentialArn] }];
  };
}

/** Of an operation on a repository by its ARN. */
export function onArn(operation: string): Permissions<{
  readonly resourceArn: string;
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined;
}> {
  return (input, { call, reader }) => {
    const name = /:repository\/(.+)$/.exec(input.resourceArn)?.[1];
    if (name === undefined) return [{ action: `ecr:${operation}`, resources: [input.resourceArn] }];
    const permission = repositoryPermission(reader, `ecr:${operation}`, call, name);
    return [{ ...permission, conditions: { ...permission.conditions, ...requestTags(input.tags) } }];
  };
}

/** Of CreateRepository, whose repository is not there yet. */
export const onNewRepository: Permissions<
  NamesRepository & { readonly tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined }
> = (input, { call }) => {
  const registry = registryScope(call, input.registryId);
  const asked = {
    resources: [repositoryArn({ ...registry, name: input.repositoryName })],
    conditions: requestTags(input.tags),
    resourceAccountId: registry.accountId,
  };
  const create: Permission = { action: 'ecr:CreateRepository', ...asked };
  return input.tags?.length ? [create, { action: 'ecr:TagResource', ...asked }] : [create];
};

function requestTags(
  tags: readonly { readonly Key: string; readonly Value: string }[] | undefined,
): Readonly<Record<string, string | readonly string[]>> {
  if (!tags?.length) return {};
  return {
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
    'aws:TagKeys': tags.map(({ Key }) => Key),
  };
}

function tagConditions(tags: Readonly<Record<string, string>>, prefix: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => [
      [`${prefix}/${key}`, value],
      [`aws:ResourceTag/${key}`, value],
    ]),
  );
}
