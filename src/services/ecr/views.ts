/** Records as AWS's answers show them. */
import type {
  ImageDetail,
  PullThroughCacheRule,
  Repository,
  RepositoryCreationTemplate,
  RepositoryScanningConfiguration,
} from '@aws-sdk/client-ecr';
import type { Answer } from '../../aws/operation.ts';
import { toDate } from '../../core/instant.ts';
import { scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { repositoryArn, tagsOf } from './references.ts';
import { repositoryUri } from './registry-host.ts';
import { matchesWildcard } from './rules/wildcard.ts';
import {
  type CreationTemplateRecord,
  type Encryption,
  type ExclusionFilter,
  type ImageRecord,
  type PullThroughCacheRuleRecord,
  registries,
  type RepositoryRecord,
} from './tables.ts';

export function repositoryView(repository: RepositoryRecord, endpoint: string): Answer<Repository> {
  return {
    repositoryArn: repositoryArn(repository),
    registryId: repository.accountId,
    repositoryName: repository.name,
    repositoryUri: repositoryUri(endpoint, repository),
    createdAt: toDate(repository.createdAt),
    imageTagMutability: repository.tagMutability,
    ...filtersView(repository.exclusionFilters),
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: encryptionView(repository.encryption),
  };
}

export function filtersView(
  filters: readonly ExclusionFilter[],
): Pick<Answer<Repository>, 'imageTagMutabilityExclusionFilters'> {
  return filters.length === 0 ? {} : { imageTagMutabilityExclusionFilters: filters };
}

function encryptionView({
  encryptionType,
  kmsKey,
}: Encryption): NonNullable<Answer<Repository>['encryptionConfiguration']> {
  return { encryptionType: encryptionType === 'KMS' ? 'KMS' : 'AES256', ...(kmsKey === undefined ? {} : { kmsKey }) };
}

export function imageDetail(reader: Reader, repository: RepositoryRecord, image: ImageRecord): Answer<ImageDetail> {
  const tags = tagsOf(reader, image);
  return {
    registryId: repository.accountId,
    repositoryName: repository.name,
    imageDigest: image.digest,
    ...(tags.length === 0 ? {} : { imageTags: tags }),
    imageSizeInBytes: image.sizeBytes,
    imagePushedAt: toDate(image.pushedAt),
    ...(scansOnPush(reader, repository) ? { imageScanStatus: noScanner } : {}),
    imageManifestMediaType: image.mediaType,
    ...(image.artifactType === undefined ? {} : { artifactMediaType: image.artifactType }),
    ...(image.pulledAt === undefined ? {} : { lastRecordedPullTime: toDate(image.pulledAt) }),
    ...(image.subject === undefined ? {} : { subjectManifestDigest: image.subject }),
    imageStatus: image.archivedAt === undefined ? 'ACTIVE' : 'ARCHIVED',
    ...(image.archivedAt === undefined ? {} : { lastArchivedAt: toDate(image.archivedAt) }),
    ...(image.activatedAt === undefined ? {} : { lastActivatedAt: toDate(image.activatedAt) }),
  };
}

/** The words with which basic scanning says that it cannot read an image, and why that is so here. */
export const noScanner = {
  status: 'FAILED',
  description: 'UnsupportedImageError: Longshore has no scanner, so no image can be scanned.',
} as const;

export function scanningView(reader: Reader, repository: RepositoryRecord): Answer<RepositoryScanningConfiguration> {
  const filters = scanFilters(reader, repository);
  const scanOnPush = scansOnPush(reader, repository);
  return {
    repositoryArn: repositoryArn(repository),
    repositoryName: repository.name,
    scanOnPush,
    scanFrequency: scanOnPush ? 'SCAN_ON_PUSH' : 'MANUAL',
    appliedScanFilters: filters.map(({ filter }) => ({ filter, filterType: 'WILDCARD' })),
  };
}

export function scansOnPush(reader: Reader, repository: RepositoryRecord): boolean {
  return repository.scanOnPush || scanFilters(reader, repository).length > 0;
}

/** The filters of the registry's rules that scan on push and fit the repository. */
function scanFilters(reader: Reader, repository: RepositoryRecord): readonly { readonly filter: string }[] {
  const rules = reader.get(registries, scopeKey(repository))?.scanning?.rules ?? [];
  return rules
    .filter((rule) => rule.scanFrequency === 'SCAN_ON_PUSH')
    .flatMap((rule) => rule.repositoryFilters)
    .filter(({ filter }) => matchesWildcard(filter.includes('*') ? filter : `*${filter}*`, repository.name));
}

export function cacheRuleView(rule: PullThroughCacheRuleRecord): Answer<PullThroughCacheRule> {
  return {
    ecrRepositoryPrefix: rule.prefix,
    upstreamRegistryUrl: rule.upstreamRegistryUrl,
    createdAt: toDate(rule.createdAt),
    updatedAt: toDate(rule.updatedAt),
    registryId: rule.accountId,
    ...cacheRuleRest(rule),
  };
}

/** What several answers show of a rule; the name of its kind of registry only some. */
export function cacheRuleRest(rule: PullThroughCacheRuleRecord): {
  readonly credentialArn?: string;
  readonly customRoleArn?: string;
  readonly upstreamRepositoryPrefix?: string;
} {
  return {
    ...(rule.credentialArn === undefined ? {} : { credentialArn: rule.credentialArn }),
    ...(rule.customRoleArn === undefined ? {} : { customRoleArn: rule.customRoleArn }),
    ...(rule.upstreamPrefix === undefined ? {} : { upstreamRepositoryPrefix: rule.upstreamPrefix }),
  };
}

export function templateView(template: CreationTemplateRecord): Answer<RepositoryCreationTemplate> {
  return {
    prefix: template.prefix,
    ...(template.description === undefined ? {} : { description: template.description }),
    ...(template.encryption ? { encryptionConfiguration: { encryptionType: 'AES256' as const } } : {}),
    resourceTags: Object.entries(template.tags).map(([Key, Value]) => ({ Key, Value })),
    imageTagMutability: template.tagMutability,
    ...filtersView(template.exclusionFilters),
    ...(template.policyText === undefined ? {} : { repositoryPolicy: template.policyText }),
    ...(template.lifecyclePolicyText === undefined ? {} : { lifecyclePolicy: template.lifecyclePolicyText }),
    appliedFor: template.appliedFor.flatMap((use) => templateUses.find((candidate) => candidate === use) ?? []),
    ...(template.customRoleArn === undefined ? {} : { customRoleArn: template.customRoleArn }),
    createdAt: toDate(template.createdAt),
    updatedAt: toDate(template.updatedAt),
  };
}

export const templateUses = ['REPLICATION', 'PULL_THROUGH_CACHE', 'CREATE_ON_PUSH'] as const;
