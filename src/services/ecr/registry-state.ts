import { AwsError } from '../../aws/error.ts';
import type { Call } from '../../aws/operation.ts';
import { isRoot } from '../../aws/steps/authorize.ts';
import {
  type Digest,
  isDigest,
  RegistryError,
  type RegistryErrorCode,
  type RegistryState,
  type RepositoryAccess,
  type RepositoryAction,
} from '../../dataplane/registry/contract.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Store } from '../../store/store.ts';
import { createOnPush, templateFor } from './creation.ts';
import { putImage, removeWholeImage } from './image-writes.ts';
import { addLayer, mountLayer, promisedLayer } from './layer-writes.ts';
import type { EcrParts } from './parts.ts';
import { repositoryPermission } from './permissions.ts';
import { cacheImage, cacheRuleFor, createForCache } from './pull-through.ts';
import { notePull } from './pull-times.ts';
import { findImage } from './references.ts';
import { registryOfHost } from './registry-host.ts';
import { settingOf } from './registry-record.ts';
import { isRepositoryName, isTag } from './rules/names.ts';
import {
  imageKey,
  images,
  imageTags,
  layers,
  repositories,
  repositoryKey,
  type RepositoryRecord,
  tagKey,
} from './tables.ts';
import { createUploadId, isUploadOf, linkOf, principalOf } from './tokens.ts';

/** A client of the registry: the call that its requests would be at the API, but for their operations. */
type Caller = Omit<Call, 'operation'> & { readonly registry: Scope };

/** Lets the registry read and write what the API reads and writes, by the same rules. */
export function createRegistryState(
  parts: EcrParts & { readonly store: Store; readonly region: string },
): RegistryState<Caller> {
  const { store, clock, hash, region } = parts;

  /** Throws DENIED. */
  function check(caller: Caller, action: string, repository: RepositoryRecord | undefined, name: string): void {
    if (isRoot(caller.principal) && caller.registry.accountId === caller.accountId) return;
    const call: Call = { ...caller, operation: action };
    store.view((reader) => {
      const permission = repositoryPermission(reader, `ecr:${action}`, caller.registry, name, repository);
      const refused = parts.authorizer?.refuse(reader, call, [permission]);
      if (refused) throw new RegistryError('DENIED', refused.message);
    });
  }

  return {
    authenticate({ username, password }, origin) {
      const principal =
        username === 'AWS' ? store.view((reader) => principalOf(reader, hash, password, clock.now())) : undefined;
      if (!principal) return undefined;
      const { accountId } = principal;
      return {
        ...origin,
        requestId: '',
        service: 'ecr',
        principal,
        accountId,
        region,
        receivedAt: clock.now(),
        registry: { accountId: registryOfHost(origin.endpoint)?.accountId ?? accountId, region },
      };
    },

    async repository(caller, name, action) {
      if (!isRepositoryName(name))
        throw new RegistryError('NAME_INVALID', `invalid repository name: ${name.slice(0, 300)}`);
      const key = repositoryKey(caller.registry, name);
      const present = store.view((reader) => reader.get(repositories, key));
      check(caller, action, present, name); // before it is told whether there is one
      const repository =
        present ??
        (await createdFor(parts, caller.registry, name, action, (needed) => check(caller, needed, undefined, name)));
      if (!repository) {
        const { accountId } = caller.registry;
        throw new RegistryError(
          'NAME_UNKNOWN',
          `The repository with name '${name}' does not exist in the registry with id '${accountId}'`,
        );
      }
      return repositoryAccess(parts, caller, repository, (from) => {
        const source = store.view((reader) => reader.get(repositories, repositoryKey(caller.registry, from)));
        check(caller, 'GetDownloadUrlForLayer', source, from);
        return source;
      });
    },

    repositories(caller, after, limit) {
      const call: Call = { ...caller, operation: 'DescribeRepositories' };
      return store.view((reader) => {
        const refused = parts.authorizer?.refuse(reader, call, [
          { action: 'ecr:DescribeRepositories', resources: ['*'] },
        ]);
        if (refused) throw new RegistryError('DENIED', refused.message);
        const afterKey = after === undefined ? undefined : repositoryKey(caller.registry, after);
        const found = reader.find(repositories, 'scope', scopeKey(caller.registry), afterKey);
        return take(found, limit, ({ name }) => name);
      });
    },

    download: (link) =>
      store.view((reader) => {
        const found = linkOf(reader, hash, link, clock.now());
        const layer = found && reader.get(layers, imageKey(found.repositoryId, found.digest));
        if (!layer || !isDigest(layer.digest)) return undefined;
        return { digest: layer.digest, sizeBytes: layer.sizeBytes };
      }),
  };
}

/** What a template makes when somebody pushes to it, or a cache rule when somebody pulls through it. */
async function createdFor(
  { store, net }: EcrParts & { readonly store: Store },
  registry: Scope,
  name: string,
  action: RepositoryAction,
  check: (action: string) => void,
): Promise<RepositoryRecord | undefined> {
  if (pushes.includes(action) && store.view((reader) => templateFor(reader, registry, name, 'CREATE_ON_PUSH'))) {
    return await createOnPush(store, registry, name);
  }
  if (action === 'BatchGetImage' && net && store.view((reader) => cacheRuleFor(reader, registry, name))) {
    check('CreateRepository');
    check('BatchImportUpstreamImage');
    return await createForCache(store, registry, name);
  }
  return undefined;
}

const pushes: readonly RepositoryAction[] = ['BatchCheckLayerAvailability', 'InitiateLayerUpload', 'PutImage'];

function repositoryAccess(
  parts: EcrParts & { readonly store: Store },
  caller: Caller,
  repository: RepositoryRecord,
  readable: (name: string) => RepositoryRecord | undefined,
): RepositoryAccess {
  const { store, clock, hash, random } = parts;
  const { id } = repository;
  return {
    newUploadId: () => store.view((reader) => createUploadId(reader, hash, random, id, clock.now())),
    ownsUpload: (uploadId) => store.view((reader) => isUploadOf(reader, hash, id, uploadId)),
    layer: (digest) => promisedLayer(store, clock, id, digest),
    addLayer: (digest, sizeBytes) => addLayer(store, id, digest, sizeBytes),
    mountLayer: async (digest, from) => {
      if (store.view((reader) => settingOf(reader, repository, 'BLOB_MOUNTING')) === 'DISABLED') return false;
      let source: RepositoryRecord | undefined;
      try {
        source = isRepositoryName(from) ? readable(from) : undefined;
      } catch (error) {
        if (error instanceof RegistryError) return false; // what the caller may not read is not there for him to mount
        throw error;
      }
      return source !== undefined && (await mountLayer(store, source.id, id, digest));
    },
    removeLayer: async (digest) => {
      const key = imageKey(id, digest);
      const outcome = await store.update((tx) => {
        if (!tx.get(layers, key)) return 'unknown';
        if (tx.count(images, 'blob', key) > 0) return 'held';
        tx.delete(layers, key);
        return 'removed';
      });
      if (outcome === 'unknown') throw new RegistryError('BLOB_UNKNOWN', `blob ${digest} unknown to registry`);
      if (outcome === 'held') throw new RegistryError('DENIED', `blob ${digest} is part of an image`);
    },

    manifest: async (reference) => {
      const imageId = referenceOf(reference);
      const image =
        store.view((reader) => findImage(reader, repository, imageId)) ??
        (await mapped(() => cacheImage(parts, repository, reference)));
      if (!image || !isDigest(image.digest)) return undefined;
      if (image.archivedAt !== undefined) {
        throw new RegistryError('MANIFEST_UNKNOWN', 'the image is archived; restore it with UpdateImageStorageClass');
      }
      await store.durable(); // what is told must not be forgotten
      return { digest: image.digest, mediaType: image.mediaType, sizeBytes: image.manifestBytes };
    },
    notePull: (digest) => notePull(parts, caller.principal, id, digest),
    putManifest: async (reference, bytes, mediaType) => {
      const isByDigest = reference.includes(':');
      if (!isByDigest && !isTag(reference))
        throw new RegistryError('TAG_INVALID', `'${reference.slice(0, 200)}' is no tag`);
      const put = await mapped(() =>
        putImage(store, parts, repository, {
          bytes,
          mediaType,
          tag: isByDigest ? undefined : reference,
          digest: isByDigest ? reference : undefined,
          refuseRepeat: false,
        }),
      );
      return { digest: put.digest, ...(put.subject && isDigest(put.subject) ? { subject: put.subject } : {}) };
    },
    removeManifest: async (reference) => {
      const imageId = referenceOf(reference);
      const image = store.view((reader) => findImage(reader, repository, imageId));
      if (!image)
        throw new RegistryError('MANIFEST_UNKNOWN', `manifest ${reference.slice(0, 200)} unknown to registry`);
      if (imageId.imageTag === undefined) {
        await removeWholeImage(store, id, image.digest);
        return;
      }
      const { imageTag } = imageId;
      await store.update((tx) => tx.delete(imageTags, tagKey(id, imageTag)));
    },
    tags: (after, limit) =>
      store.view((reader) => {
        const afterKey = after === undefined ? undefined : tagKey(id, after);
        return take(reader.find(imageTags, 'repository', id, afterKey), limit, ({ tag }) => tag);
      }),
    referrers: (digest, artifactType) =>
      store.view((reader) =>
        [...reader.find(images, 'subject', imageKey(id, digest))]
          .filter((image) => artifactType === undefined || image.artifactType === artifactType)
          .map((image) => ({
            mediaType: image.mediaType,
            digest: image.digest,
            size: image.manifestBytes,
            ...(image.artifactType === undefined ? {} : { artifactType: image.artifactType }),
            ...(image.annotations === undefined ? {} : { annotations: image.annotations }),
          })),
      ),
  };
}

/** Throws DIGEST_INVALID for a digest of a kind that is not kept here. */
function referenceOf(reference: string): { readonly imageDigest?: Digest; readonly imageTag?: string } {
  if (!reference.includes(':')) return { imageTag: reference };
  if (!isDigest(reference))
    throw new RegistryError('DIGEST_INVALID', 'a digest is sha256: and 64 lower-case hexadecimal digits');
  return { imageDigest: reference };
}

function take<Item>(
  items: Iterable<Item>,
  limit: number,
  nameOf: (item: Item) => string,
): { readonly names: readonly string[]; readonly more: boolean } {
  const names: string[] = [];
  for (const item of items) {
    if (names.length === limit) return { names, more: true };
    names.push(nameOf(item));
  }
  return { names, more: false };
}

/** The API's errors in the registry's words. */
async function mapped<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = error instanceof AwsError ? registryCodes[error.code] : undefined;
    if (!code || !(error instanceof AwsError)) throw error;
    throw new RegistryError(code, error.message);
  }
}

const registryCodes: Readonly<Record<string, RegistryErrorCode>> = {
  ImageDigestDoesNotMatchException: 'DIGEST_INVALID',
  // Docker shows the message of this one: "tag invalid: The image tag … already exists …", as it does with AWS.
  ImageTagAlreadyExistsException: 'TAG_INVALID',
  InvalidParameterException: 'MANIFEST_INVALID',
  LayersNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
  LimitExceededException: 'DENIED',
  ReferencedImagesNotFoundException: 'MANIFEST_BLOB_UNKNOWN',
  RepositoryNotFoundException: 'NAME_UNKNOWN',
  SecretNotFoundException: 'MANIFEST_UNKNOWN',
  UnableToAccessSecretException: 'MANIFEST_UNKNOWN',
  UnableToDecryptSecretValueException: 'MANIFEST_UNKNOWN',
  UnableToGetUpstreamImageException: 'MANIFEST_UNKNOWN',
};
