/** How a request names a registry, a repository or an image, and the record it means. */
import { formatArn, parseArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { imageNotFound, invalidParameter, repositoryNotFound } from './errors.ts';
import { checkRepositoryName } from './rules/names.ts';
import {
  imageKey,
  type ImageRecord,
  images,
  imageTags,
  repositories,
  repositoryKey,
  type RepositoryRecord,
  tagKey,
} from './tables.ts';

export function repositoryArn(repository: Scope & { readonly name: string }): string {
  return formatArn({ ...repository, service: 'ecr', resource: `repository/${repository.name}` });
}

/** The registry of a request: the caller's own, or another account's by its id. */
export function registryScope(call: Scope, registryId: string | undefined): Scope {
  if (registryId !== undefined && !/^\d{12}$/.test(registryId)) {
    throw invalidParameter(
      `Invalid parameter at 'registryId' failed to satisfy constraint: 'must satisfy regular expression '[0-9]{12}''`,
    );
  }
  return { accountId: registryId ?? call.accountId, region: call.region };
}

export interface RepositoryInput {
  readonly repositoryName: string;
  readonly registryId?: string | undefined;
}

/** Throws InvalidParameterException or RepositoryNotFoundException. */
export function repositoryNamed(reader: Reader, call: Scope, input: RepositoryInput): RepositoryRecord {
  const scope = registryScope(call, input.registryId);
  checkRepositoryName(input.repositoryName);
  const repository = reader.get(repositories, repositoryKey(scope, input.repositoryName));
  if (!repository) throw repositoryNotFound(input.repositoryName, scope.accountId);
  return repository;
}

/** Throws InvalidParameterException or RepositoryNotFoundException. */
export function repositoryWithArn(reader: Reader, scope: Scope, arn: string): RepositoryRecord {
  const parsed = parseArn(arn);
  const name = parsed?.service === 'ecr' ? /^repository\/(.+)$/.exec(parsed.resource)?.[1] : undefined;
  if (!parsed || name === undefined) {
    throw invalidParameter(
      `Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN ${arn.slice(0, 300)}'`,
    );
  }
  const repository =
    parsed.accountId === scope.accountId && parsed.region === scope.region
      ? reader.get(repositories, repositoryKey(scope, name))
      : undefined;
  if (!repository) throw repositoryNotFound(name, parsed.accountId);
  return repository;
}

export interface ImageIdentifier {
  readonly imageDigest?: string | undefined;
  readonly imageTag?: string | undefined;
}

/** By digest, by tag, or by both where they are of the same image. */
export function findImage(
  reader: Reader,
  repository: RepositoryRecord,
  { imageDigest, imageTag }: ImageIdentifier,
): ImageRecord | undefined {
  const named = imageTag === undefined ? undefined : reader.get(imageTags, tagKey(repository.id, imageTag));
  if (imageTag !== undefined && !named) return undefined;
  if (imageDigest !== undefined && named && named.digest !== imageDigest) return undefined;
  const digest = imageDigest ?? named?.digest;
  return digest === undefined ? undefined : reader.get(images, imageKey(repository.id, digest));
}

/** Throws InvalidParameterException or ImageNotFoundException. */
export function imageNamed(reader: Reader, repository: RepositoryRecord, imageId: ImageIdentifier): ImageRecord {
  if (imageId.imageDigest === undefined && imageId.imageTag === undefined) {
    throw invalidParameter(
      `Invalid parameter at 'imageId' failed to satisfy constraint: 'An imageDigest or an imageTag must be given'`,
    );
  }
  const image = findImage(reader, repository, imageId);
  if (!image) throw imageNotFound(imageId, repository.name, repository.accountId);
  return image;
}

/** In order. */
export function tagsOf(reader: Reader, image: Pick<ImageRecord, 'repositoryId' | 'digest'>): readonly string[] {
  return [...reader.find(imageTags, 'image', imageKey(image.repositoryId, image.digest))].map(({ tag }) => tag);
}
