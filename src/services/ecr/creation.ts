/** How repositories come to be: asked for, or made by a creation template. */
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Env, Reader, Store, Transaction } from '../../store/store.ts';
import { repositoryExists } from './errors.ts';
import { startsWithTemplate } from './rules/template-match.ts';
import {
  creationTemplates,
  type CreationTemplateRecord,
  repositories,
  repositoryKey,
  type RepositoryRecord,
} from './tables.ts';

export type NewRepository = Pick<
  RepositoryRecord,
  'name' | 'tagMutability' | 'exclusionFilters' | 'scanOnPush' | 'encryption' | 'tags' | 'policyText'
> & { readonly lifecyclePolicyText?: string | undefined };

/** Throws RepositoryAlreadyExistsException. */
export function createRepositoryRecord(
  tx: Transaction,
  env: Env,
  { accountId, region }: Scope,
  { lifecyclePolicyText, ...settings }: NewRepository,
): RepositoryRecord {
  if (tx.get(repositories, repositoryKey({ accountId, region }, settings.name))) {
    throw repositoryExists(settings.name, accountId);
  }
  const repository: RepositoryRecord = {
    ...settings,
    accountId,
    region,
    id: env.newId(),
    createdAt: env.now,
    ...(lifecyclePolicyText === undefined ? {} : { lifecyclePolicy: { text: lifecyclePolicyText, setAt: env.now } }),
  };
  tx.put(repositories, repository);
  return repository;
}

/** The template of the longest prefix that applies, `ROOT` being that of all names. */
export function templateFor(
  reader: Reader,
  scope: Scope,
  name: string,
  appliedFor: string,
): CreationTemplateRecord | undefined {
  let best: CreationTemplateRecord | undefined;
  for (const template of reader.find(creationTemplates, 'scope', scopeKey(scope))) {
    if (!template.appliedFor.includes(appliedFor) || !startsWithTemplate(name, template.prefix)) continue;
    const isLonger = !best || best.prefix === 'ROOT' || template.prefix.length > best.prefix.length;
    if (isLonger && !(best && template.prefix === 'ROOT')) best = template;
  }
  return best;
}

/** A repository that is pushed to and not there, if a template says that pushes make such ones. */
export async function createOnPush(store: Store, scope: Scope, name: string): Promise<RepositoryRecord | undefined> {
  if (!store.view((reader) => templateFor(reader, scope, name, 'CREATE_ON_PUSH'))) return undefined;
  return await store.update((tx, env) => {
    const present = tx.get(repositories, repositoryKey(scope, name));
    const template = templateFor(tx, scope, name, 'CREATE_ON_PUSH');
    return present ?? (template && createFromTemplate(tx, env, scope, name, template));
  });
}

/** Without a template a repository has ECR's defaults. */
export function createFromTemplate(
  tx: Transaction,
  env: Env,
  scope: Scope,
  name: string,
  template: CreationTemplateRecord | undefined,
): RepositoryRecord {
  return createRepositoryRecord(tx, env, scope, {
    name,
    tagMutability: template?.tagMutability ?? 'MUTABLE',
    exclusionFilters: template?.exclusionFilters ?? [],
    scanOnPush: false,
    encryption: template?.encryption ?? { encryptionType: 'AES256' },
    tags: template?.tags ?? {},
    ...(template?.policyText === undefined ? {} : { policyText: template.policyText }),
    lifecyclePolicyText: template?.lifecyclePolicyText,
  });
}
