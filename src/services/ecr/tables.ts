/** The records of ECR; private to this folder. */
import type { Instant } from '../../core/instant.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import { table } from '../../store/table.ts';

export type TagMutability = 'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';

export interface ExclusionFilter {
  readonly filterType: 'WILDCARD';
  readonly filter: string;
}

export interface Encryption {
  readonly encryptionType: string;
  readonly kmsKey?: string;
}

export interface RepositoryRecord extends Scope {
  readonly name: string;
  /** Never used again: what a deleted repository of this name held is not in the new one. */
  readonly id: string;
  readonly createdAt: Instant;
  readonly tagMutability: TagMutability;
  readonly exclusionFilters: readonly ExclusionFilter[];
  readonly scanOnPush: boolean;
  readonly encryption: Encryption;
  readonly tags: Readonly<Record<string, string>>;
  readonly policyText?: string;
  readonly lifecyclePolicy?: LifecyclePolicyRecord;
}

export interface LifecyclePolicyRecord {
  readonly text: string;
  readonly setAt: Instant;
  readonly evaluatedAt?: Instant;
}

export const repositories = table<RepositoryRecord>()({
  name: 'ecr.repositories',
  key: (repository) => repositoryKey(repository, repository.name),
  indexes: {
    scope: scopeKey,
    id: (repository) => repository.id,
    withLifecyclePolicy: (repository) => (repository.lifecyclePolicy ? 'yes' : undefined),
  },
});

export function repositoryKey(scope: Scope, name: string): string {
  return `${scopeKey(scope)}/${name}`;
}

/** An image, an index or an artifact: a manifest that a repository holds. Its bytes are a blob. */
export interface ImageRecord {
  readonly repositoryId: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly manifestBytes: number;
  /** As DescribeImages gives it: what the layers and the configuration take as they are stored. */
  readonly sizeBytes: number;
  readonly artifactType?: string;
  /** Digests of the layers and the configuration. */
  readonly blobs: readonly string[];
  /** Digests of the manifests that an index holds. */
  readonly children: readonly string[];
  readonly subject?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly pushedAt: Instant;
  readonly pulledAt?: Instant;
  readonly archivedAt?: Instant;
  readonly activatedAt?: Instant;
}

export const images = table<ImageRecord>()({
  name: 'ecr.images',
  key: (image) => imageKey(image.repositoryId, image.digest),
  indexes: {
    repository: (image) => image.repositoryId,
    /** The manifest itself is a blob too. */
    digest: (image) => image.digest,
    blob: (image) => image.blobs.map((digest) => imageKey(image.repositoryId, digest)),
    child: (image) => image.children.map((digest) => imageKey(image.repositoryId, digest)),
    subject: (image) => (image.subject === undefined ? undefined : imageKey(image.repositoryId, image.subject)),
  },
});

export function imageKey(repositoryId: string, digest: string): string {
  return `${repositoryId}/${digest}`;
}

export interface TagRecord {
  readonly repositoryId: string;
  readonly tag: string;
  readonly digest: string;
}

export const imageTags = table<TagRecord>()({
  name: 'ecr.tags',
  key: (tag) => tagKey(tag.repositoryId, tag.tag),
  indexes: {
    repository: (tag) => tag.repositoryId,
    image: (tag) => imageKey(tag.repositoryId, tag.digest),
  },
});

export function tagKey(repositoryId: string, tag: string): string {
  return `${repositoryId}/${tag}`;
}

/** A blob that a repository holds: its clients may read it and push images upon it. */
export interface LayerRecord {
  readonly repositoryId: string;
  readonly digest: string;
  readonly sizeBytes: number;
  /** When a client was last told that it is there: it is kept for a while after, whether an image holds it or not. */
  readonly promisedAt: Instant;
}

export const layers = table<LayerRecord>()({
  name: 'ecr.layers',
  key: (layer) => imageKey(layer.repositoryId, layer.digest),
  indexes: { repository: (layer) => layer.repositoryId, digest: (layer) => layer.digest },
});

/** Repositories that were deleted and whose images and layers are still to go. */
export interface DeletedRepositoryRecord {
  readonly id: string;
}

export const deletedRepositories = table<DeletedRepositoryRecord>()({
  name: 'ecr.deleted-repositories',
  key: ({ id }) => id,
  indexes: {},
});

/** What an account sets for its whole registry in a region. */
export interface RegistryRecord extends Scope {
  readonly policyText?: string;
  readonly replicationRules: readonly ReplicationRule[];
  readonly scanning?: ScanningConfiguration;
  readonly signingRules?: readonly SigningRule[];
  readonly settings: Readonly<Record<string, string>>;
  /** ARNs of principals whose pulls are not noted, and since when. */
  readonly pullTimeExclusions: Readonly<Record<string, Instant>>;
}

export interface ReplicationRule {
  readonly destinations: readonly { readonly region: string; readonly registryId: string }[];
  readonly repositoryFilters?: readonly { readonly filter: string; readonly filterType: string }[];
}

export interface ScanningConfiguration {
  readonly scanType: string;
  readonly rules: readonly {
    readonly scanFrequency: string;
    readonly repositoryFilters: readonly { readonly filter: string; readonly filterType: string }[];
  }[];
}

export interface SigningRule {
  readonly signingProfileArn: string;
  readonly repositoryFilters?: readonly { readonly filter: string; readonly filterType: string }[];
}

export const registries = table<RegistryRecord>()({ name: 'ecr.registries', key: scopeKey, indexes: {} });

export interface PullThroughCacheRuleRecord extends Scope {
  readonly prefix: string;
  readonly upstreamRegistryUrl: string;
  readonly upstreamRegistry?: string;
  readonly upstreamPrefix?: string;
  readonly credentialArn?: string;
  readonly customRoleArn?: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export const pullThroughCacheRules = table<PullThroughCacheRuleRecord>()({
  name: 'ecr.pull-through-cache-rules',
  key: (rule) => repositoryKey(rule, rule.prefix),
  indexes: { scope: scopeKey },
});

export interface CreationTemplateRecord extends Scope {
  readonly prefix: string;
  readonly description?: string;
  readonly encryption?: Encryption;
  readonly tags: Readonly<Record<string, string>>;
  readonly tagMutability: TagMutability;
  readonly exclusionFilters: readonly ExclusionFilter[];
  readonly policyText?: string;
  readonly lifecyclePolicyText?: string;
  readonly appliedFor: readonly string[];
  readonly customRoleArn?: string;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export const creationTemplates = table<CreationTemplateRecord>()({
  name: 'ecr.creation-templates',
  key: (template) => repositoryKey(template, template.prefix),
  indexes: { scope: scopeKey },
});

/** What a lifecycle policy would do to a repository, as of when it was asked. */
export interface LifecyclePreviewRecord {
  readonly repositoryId: string;
  readonly policyText: string;
  readonly startedAt: Instant;
}

export const lifecyclePreviews = table<LifecyclePreviewRecord>()({
  name: 'ecr.lifecycle-previews',
  key: (preview) => preview.repositoryId,
  indexes: {},
});

/** The secret with which tokens, links and ids of uploads are made and known again. One for the store. */
export interface TokenKeyRecord {
  readonly id: 'current';
  /** 32 bytes as hex. */
  readonly key: string;
}

export const tokenKeys = table<TokenKeyRecord>()({ name: 'ecr.token-keys', key: ({ id }) => id, indexes: {} });
