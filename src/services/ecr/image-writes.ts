/** How images come into a repository and leave it: the same for the API, the registry and lifecycle policies. */
import type { Digest } from '../../dataplane/registry/contract.ts';
import { isDigest } from '../../dataplane/registry/contract.ts';
import { assert } from '../../core/assert.ts';
import type { Env, Reader, Store, Transaction } from '../../store/store.ts';
import type { Hash } from '../../world/world.ts';
import {
  digestDoesNotMatch,
  imageExists,
  invalidManifest,
  layersNotFound,
  limitExceeded,
  referencedImagesNotFound,
  repositoryNotFound,
  tagExists,
} from './errors.ts';
import type { EcrParts } from './parts.ts';
import { tagsOf } from './references.ts';
import { limits } from './rules/limits.ts';
import { isIndexType, type Manifest, readManifest } from './rules/manifest.ts';
import { checkTag } from './rules/names.ts';
import { isMutableTag } from './rules/tag-mutability.ts';
import {
  imageKey,
  type ImageRecord,
  images,
  imageTags,
  layers,
  repositories,
  repositoryKey,
  type RepositoryRecord,
  tagKey,
} from './tables.ts';

export interface NewImage {
  readonly bytes: Uint8Array;
  readonly mediaType: string | undefined;
  readonly tag: string | undefined;
  /** Where the client says what it expects. */
  readonly digest: string | undefined;
  /** Whether the same image under the same tag is a mistake, as it is in PutImage, or nothing new. */
  readonly refuseRepeat: boolean;
  /** Of another registry: the images of an index come when they are asked for. */
  readonly isCached?: boolean;
}

export interface StoredImage {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly subject?: string;
}

/** Stores an image, durably. Throws PutImage's errors, with nothing stored. */
export async function putImage(
  store: Store,
  { files, hash }: Pick<EcrParts, 'files' | 'hash'>,
  repository: RepositoryRecord,
  image: NewImage,
): Promise<StoredImage> {
  const manifest = readManifest(textOf(image.bytes), image.mediaType);
  const digest = digestOf(hash, image.bytes);
  if (image.digest !== undefined && image.digest !== digest) throw digestDoesNotMatch(image.digest, digest);
  if (image.tag !== undefined) checkTag(image.tag);
  const put: Put = {
    manifest,
    digest,
    manifestBytes: image.bytes.length,
    tag: image.tag,
    isCached: image.isCached ?? false,
  };
  store.view((reader) => {
    checkPut(reader, repository, put); // before anything is written
    if (image.refuseRepeat && isRepeat(reader, repository, put)) {
      throw imageExists(digest, image.tag, repository.name, repository.accountId);
    }
  });
  await files.write(digest, image.bytes, () => store.update((tx, env) => record(tx, env, repository, put)));
  return { digest, mediaType: manifest.mediaType, ...(manifest.subject ? { subject: manifest.subject } : {}) };
}

interface Put {
  readonly manifest: Manifest;
  readonly digest: Digest;
  readonly manifestBytes: number;
  readonly tag: string | undefined;
  readonly isCached: boolean;
}

function checkPut(reader: Reader, repository: RepositoryRecord, { manifest, digest, tag, isCached }: Put): void {
  const { id, name, accountId } = repository;
  if (reader.get(repositories, repositoryKey(repository, name))?.id !== id) throw repositoryNotFound(name, accountId);
  const missing = manifest.blobs.filter((blob) => !blob.isForeign && !reader.get(layers, imageKey(id, blob.digest)));
  if (missing.length > 0) throw layersNotFound(unique(missing), name, accountId);
  const wrong = manifest.blobs.find(
    (blob) => (reader.get(layers, imageKey(id, blob.digest))?.sizeBytes ?? blob.sizeBytes) !== blob.sizeBytes,
  );
  if (wrong) throw invalidManifest(`the size of ${wrong.digest} is not ${wrong.sizeBytes}`);
  const lost = manifest.children.filter((child) => !reader.get(images, imageKey(id, child.digest)));
  if (lost.length > 0 && !isCached) throw referencedImagesNotFound(unique(lost), name, accountId);
  const isNew = !reader.get(images, imageKey(id, digest));
  if (isNew && reader.count(images, 'repository', id) >= limits.imagesPerRepository) {
    throw limitExceeded(
      `The repository with name '${name}' holds the maximum of ${limits.imagesPerRepository} images.`,
    );
  }
  if (tag === undefined) return;
  const named = reader.get(imageTags, tagKey(id, tag));
  if (named?.digest === digest) return;
  if (named && !isMutableTag(tag, repository)) throw tagExists(tag, name, accountId);
  if (reader.count(imageTags, 'image', imageKey(id, digest)) >= limits.tagsPerImage) {
    throw limitExceeded(`An image can have no more than ${limits.tagsPerImage} tags.`);
  }
}

function isRepeat(reader: Reader, { id }: RepositoryRecord, { digest, tag }: Put): boolean {
  if (tag !== undefined) return reader.get(imageTags, tagKey(id, tag))?.digest === digest;
  return reader.get(images, imageKey(id, digest)) !== undefined;
}

function record(tx: Transaction, env: Env, repository: RepositoryRecord, put: Put): void {
  checkPut(tx, repository, put); // what was there when the bytes began to be written may be gone
  const { manifest, digest, manifestBytes, tag } = put;
  const { id } = repository;
  const present = tx.get(images, imageKey(id, digest));
  if (!present) {
    tx.put(images, {
      repositoryId: id,
      digest,
      mediaType: manifest.mediaType,
      manifestBytes,
      sizeBytes: manifest.blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0),
      blobs: unique(manifest.blobs.filter((blob) => !blob.isForeign)),
      children: unique(manifest.children),
      pushedAt: env.now,
      ...(manifest.artifactType === undefined ? {} : { artifactType: manifest.artifactType }),
      ...(manifest.subject === undefined ? {} : { subject: manifest.subject }),
      ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
    });
  }
  if (tag !== undefined) tx.put(imageTags, { repositoryId: id, tag, digest });
}

/** Whether an index of the same repository holds it: such an image stays for as long as the index does. */
export function isHeldByIndex(reader: Reader, image: Pick<ImageRecord, 'repositoryId' | 'digest'>): boolean {
  return reader.count(images, 'child', imageKey(image.repositoryId, image.digest)) > 0;
}

/**
 * Removes an image and its tags, as far as `budget` records go, and gives how many it wrote. It may take several
 * transactions to remove an image of many tags; until the last it is there, with fewer tags.
 */
export function removeImage(tx: Transaction, image: ImageRecord, budget: number): number {
  const tags = tagsOf(tx, image);
  for (const tag of tags.slice(0, budget)) tx.delete(imageTags, tagKey(image.repositoryId, tag));
  if (tags.length >= budget) return budget;
  tx.delete(images, imageKey(image.repositoryId, image.digest));
  return tags.length + 1;
}

/** Half of what a transaction may write, so that a caller can write as much beside it. */
export const removalBudget = 60;

/** Removes the whole image, in as many transactions as it takes. */
export async function removeWholeImage(store: Store, repositoryId: string, digest: string): Promise<void> {
  for (;;) {
    const isGone = await store.update((tx) => {
      const image = tx.get(images, imageKey(repositoryId, digest));
      if (image) removeImage(tx, image, removalBudget);
      return !tx.get(images, imageKey(repositoryId, digest));
    });
    if (isGone) return;
  }
}

export function digestOf(hash: Hash, bytes: Uint8Array): Digest {
  const digest = `sha256:${hash.sha256Hex(bytes)}`;
  assert(isDigest(digest), 'the hash gives lower-case hex');
  return digest;
}

export function isIndex(image: Pick<ImageRecord, 'mediaType'>): boolean {
  return isIndexType(image.mediaType);
}

function unique(descriptors: readonly { readonly digest: string }[]): readonly string[] {
  return [...new Set(descriptors.map(({ digest }) => digest))];
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidManifest('it is not UTF-8');
  }
}
