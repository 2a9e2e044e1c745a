import { invalidParameter, notBuilt } from '../errors.ts';
import type { CreationTemplateRecord } from '../tables.ts';
import { readLifecyclePolicy } from './lifecycle/policy.ts';
import { addTags, readEncryption } from './repository-settings.ts';
import { readMutability } from './tag-mutability.ts';

export interface TemplateInput {
  readonly prefix: string;
  readonly description?: string | undefined;
  readonly encryptionConfiguration?:
    | { readonly encryptionType: string; readonly kmsKey?: string | undefined }
    | undefined;
  readonly resourceTags?: readonly { readonly Key: string; readonly Value: string }[] | undefined;
  readonly imageTagMutability?: string | undefined;
  readonly imageTagMutabilityExclusionFilters?:
    | readonly { readonly filterType: string; readonly filter: string }[]
    | undefined;
  readonly repositoryPolicy?: string | undefined;
  readonly lifecyclePolicy?: string | undefined;
  readonly appliedFor?: readonly string[] | undefined;
  readonly customRoleArn?: string | undefined;
}

export type TemplateSettings = Omit<CreationTemplateRecord, 'accountId' | 'region' | 'createdAt' | 'updatedAt'>;

/** The template of a request; of an update, what it leaves out is as it was. Throws InvalidParameterException. */
export function readTemplate(input: TemplateInput, before?: TemplateSettings): TemplateSettings {
  checkTemplatePrefix(input.prefix);
  if (input.customRoleArn !== undefined) throw notBuilt('custom roles of creation templates');
  if (input.description !== undefined && input.description.length > 256) {
    throw invalidParameter(
      "Invalid parameter at 'description' failed to satisfy constraint: 'Member must have length less than or equal to 256'",
    );
  }
  if (input.lifecyclePolicy !== undefined) readLifecyclePolicy(input.lifecyclePolicy);
  const appliedFor = input.appliedFor ?? before?.appliedFor ?? [];
  for (const use of appliedFor) {
    if (uses.includes(use)) continue;
    throw invalidParameter(
      `Invalid parameter at 'appliedFor' failed to satisfy constraint: 'Member must satisfy enum value set: [${uses.join(', ')}]'`,
    );
  }
  const description = input.description ?? before?.description;
  const policyText = input.repositoryPolicy ?? before?.policyText;
  const lifecyclePolicyText = input.lifecyclePolicy ?? before?.lifecyclePolicyText;
  const mutability =
    input.imageTagMutability === undefined && before
      ? { tagMutability: before.tagMutability, exclusionFilters: before.exclusionFilters }
      : readMutability(input.imageTagMutability, input.imageTagMutabilityExclusionFilters);
  return {
    prefix: input.prefix,
    encryption: readEncryption(input.encryptionConfiguration),
    tags: input.resourceTags ? addTags({}, input.resourceTags) : (before?.tags ?? {}),
    ...mutability,
    appliedFor,
    ...(description === undefined ? {} : { description }),
    ...(policyText === undefined ? {} : { policyText }),
    ...(lifecyclePolicyText === undefined ? {} : { lifecyclePolicyText }),
  };
}

const uses: readonly string[] = ['REPLICATION', 'PULL_THROUGH_CACHE', 'CREATE_ON_PUSH'];

export function checkTemplatePrefix(prefix: string): void {
  const isPath = /^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?|ROOT)$/.test(prefix);
  if (isPath && prefix.length <= 256) return;
  throw invalidParameter(
    "Invalid parameter at 'prefix' failed to satisfy constraint: 'must satisfy regular expression '^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*/?|ROOT)$''",
  );
}
