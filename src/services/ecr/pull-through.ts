import { isDigest } from '../../dataplane/registry/contract.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader, Store } from '../../store/store.ts';
import { createFromTemplate, templateFor } from './creation.ts';
import { putImage } from './image-writes.ts';
import { addLayer } from './layer-writes.ts';
import type { EcrParts } from './parts.ts';
import { upstreamUrl } from './rules/cache-rule.ts';
import { readManifest } from './rules/manifest.ts';
import {
  imageKey,
  type ImageRecord,
  images,
  layers,
  type PullThroughCacheRuleRecord,
  pullThroughCacheRules,
  repositories,
  repositoryKey,
  type RepositoryRecord,
} from './tables.ts';
import { createUploadId } from './tokens.ts';
import { createUpstream, type Upstream } from './upstream.ts';
import { upstreamCredentials } from './upstream-credentials.ts';

/** The rule under whose prefix a repository stands, and what the repository is called upstream. */
export function cacheRuleFor(
  reader: Reader,
  scope: Scope,
  name: string,
): { readonly rule: PullThroughCacheRuleRecord; readonly upstreamName: string } | undefined {
  let best: PullThroughCacheRuleRecord | undefined;
  for (const rule of reader.find(pullThroughCacheRules, 'scope', scopeKey(scope))) {
    const matches = rule.prefix === 'ROOT' || name.startsWith(`${rule.prefix}/`);
    if (matches && (!best || best.prefix === 'ROOT' || rule.prefix.length > best.prefix.length)) best = rule;
  }
  if (!best) return undefined;
  const rest = best.prefix === 'ROOT' ? name : name.slice(best.prefix.length + 1);
  const upstreamPrefix = best.upstreamPrefix ?? 'ROOT';
  const upstreamName = upstreamPrefix === 'ROOT' ? rest : `${upstreamPrefix}/${rest}`;
  const isShortHubName = best.upstreamRegistryUrl === 'registry-1.docker.io' && !upstreamName.includes('/');
  return { rule: best, upstreamName: isShortHubName ? `library/${upstreamName}` : upstreamName };
}

/** The repository of a first pull through a rule, made as its creation template says. */
export async function createForCache(store: Store, scope: Scope, name: string): Promise<RepositoryRecord | undefined> {
  if (!store.view((reader) => cacheRuleFor(reader, scope, name))) return undefined;
  return await store.update((tx, env) => {
    const present = tx.get(repositories, repositoryKey(scope, name));
    return present ?? createFromTemplate(tx, env, scope, name, templateFor(tx, scope, name, 'PULL_THROUGH_CACHE'));
  });
}

/**
 * Brings an image that is not here from where the repository's rule says; undefined where there is no rule, or no such
 * image. An index comes alone, and its images when they are asked for. Throws UnableToGetUpstreamImageException, and what
 * upstreamCredentials does.
 */
export async function cacheImage(
  parts: EcrParts & { readonly store: Store },
  repository: RepositoryRecord,
  reference: string,
): Promise<ImageRecord | undefined> {
  const { store, net } = parts;
  const found = store.view((reader) => cacheRuleFor(reader, repository, repository.name));
  if (!found || !net) return undefined;
  const { rule, upstreamName } = found;
  const upstream = upstreamOf(store, parts, net, rule);
  const manifest = await upstream.manifest(upstreamName, reference);
  if (!manifest) return undefined;
  const read = readManifest(new TextDecoder().decode(manifest.bytes), manifest.mediaType);
  for (const blob of read.blobs) {
    if (!blob.isForeign) await cacheBlob(parts, repository, { upstream, upstreamName, ...blob });
  }
  const put = await putImage(store, parts, repository, {
    ...manifest,
    tag: reference.includes(':') ? undefined : reference,
    digest: reference.includes(':') ? reference : undefined,
    refuseRepeat: false,
    isCached: true,
  });
  return store.view((reader) => reader.get(images, imageKey(repository.id, put.digest)));
}

/** Throws what upstreamCredentials does. */
export function upstreamOf(
  store: Store,
  parts: Pick<EcrParts, 'secrets'>,
  net: NonNullable<EcrParts['net']>,
  rule: PullThroughCacheRuleRecord,
): Upstream {
  const { credentialArn } = rule;
  return createUpstream({
    net,
    url: upstreamUrl(rule.upstreamRegistryUrl),
    ...(credentialArn !== undefined && {
      credentials: store.view((reader) => upstreamCredentials(reader, parts, rule, credentialArn)),
    }),
  });
}

async function cacheBlob(
  { store, files, hash, random, clock }: EcrParts & { readonly store: Store },
  { id }: RepositoryRecord,
  source: {
    readonly upstream: Upstream;
    readonly upstreamName: string;
    readonly digest: string;
    readonly sizeBytes: number;
  },
): Promise<void> {
  const { digest, sizeBytes } = source;
  if (!isDigest(digest) || store.view((reader) => reader.get(layers, imageKey(id, digest)))) return;
  const uploadId = store.view((reader) => createUploadId(reader, hash, random, id, clock.now()));
  await files.beginUpload(uploadId);
  try {
    await files.append(uploadId, source.upstream.blob(source.upstreamName, digest, sizeBytes));
    await files.finishUpload(uploadId, digest, (bytes) => addLayer(store, id, digest, bytes));
  } catch (error) {
    await files.cancelUpload(uploadId);
    throw error;
  }
}
