/** The mistakes a client of ECR can make, as AWS words them. */
import { AwsError } from '../../aws/error.ts';

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

/** `constraint` such as `Member must have length less than or equal to 256`. */
export function constraintBroken(value: string, member: string, constraint: string): AwsError {
  return invalidParameter(
    `Invalid parameter at '${member}' failed to satisfy constraint: '${constraint}' (it was '${value.slice(0, 300)}')`,
  );
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function repositoryNotFound(name: string, registryId: string): AwsError {
  return new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
  );
}

export function repositoryExists(name: string, registryId: string): AwsError {
  return new AwsError(
    'RepositoryAlreadyExistsException',
    `The repository with name '${name}' already exists in the registry with id '${registryId}'`,
  );
}

export function repositoryNotEmpty(name: string, registryId: string): AwsError {
  return new AwsError(
    'RepositoryNotEmptyException',
    `The repository with name '${name}' in registry with id '${registryId}' cannot be deleted because it still contains images`,
  );
}

export function imageNotFound(
  image: { readonly imageDigest?: string | undefined; readonly imageTag?: string | undefined },
  name: string,
  registryId: string,
): AwsError {
  const id = `{imageDigest:'${image.imageDigest ?? 'null'}', imageTag:'${image.imageTag ?? 'null'}'}`;
  return new AwsError(
    'ImageNotFoundException',
    `The image with imageId ${id} does not exist within the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

export function imageExists(digest: string, tag: string | undefined, name: string, registryId: string): AwsError {
  const named = tag === undefined ? '' : ` and tag '${tag}'`;
  return new AwsError(
    'ImageAlreadyExistsException',
    `Image with digest '${digest}'${named} already exists in the repository with name '${name}' in registry with id '${registryId}'`,
  );
}

export function tagExists(tag: string, name: string, registryId: string): AwsError {
  return new AwsError(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${name}' repository in the registry with id '${registryId}' and cannot be overwritten because the tag is immutable.`,
  );
}

export function digestDoesNotMatch(given: string, actual: string): AwsError {
  return new AwsError(
    'ImageDigestDoesNotMatchException',
    `The given image digest '${given}' does not match the digest '${actual}' of the image manifest.`,
  );
}

export function layersNotFound(digests: readonly string[], name: string, registryId: string): AwsError {
  return new AwsError(
    'LayersNotFoundException',
    `The layers with digests '[${digests.join(', ')}]' do not exist in the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

export function referencedImagesNotFound(digests: readonly string[], name: string, registryId: string): AwsError {
  return new AwsError(
    'ReferencedImagesNotFoundException',
    `Images with digests '[${digests.join(', ')}]' required for pushing image into repository with name '${name}' in the registry with id '${registryId}' do not exist`,
  );
}

export function invalidManifest(reason: string): AwsError {
  return invalidParameter(
    `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax or manifest: ${reason}'`,
  );
}

export function uploadNotFound(uploadId: string, name: string, registryId: string): AwsError {
  return new AwsError(
    'UploadNotFoundException',
    `The upload with id '${uploadId}' does not exist in the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

export function invalidLayerPart(
  message: string,
  members: {
    readonly registryId: string;
    readonly repositoryName: string;
    readonly uploadId: string;
    readonly lastValidByteReceived: number;
  },
): AwsError {
  return new AwsError('InvalidLayerPartException', message, { members });
}

export function layerExists(digest: string, name: string, registryId: string): AwsError {
  return new AwsError(
    'LayerAlreadyExistsException',
    `The layer with digest '${digest}' already exists in the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

export function invalidLayer(message: string): AwsError {
  return new AwsError('InvalidLayerException', message);
}

export function emptyUpload(): AwsError {
  return new AwsError('EmptyUploadException', 'The specified layer upload does not contain any layer parts.');
}

export function lifecyclePolicyNotFound(name: string, registryId: string): AwsError {
  return new AwsError(
    'LifecyclePolicyNotFoundException',
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

export function lifecyclePreviewNotFound(name: string, registryId: string): AwsError {
  return new AwsError(
    'LifecyclePolicyPreviewNotFoundException',
    `Lifecycle policy preview does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

export function repositoryPolicyNotFound(name: string, registryId: string): AwsError {
  return new AwsError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

export function registryPolicyNotFound(registryId: string): AwsError {
  return new AwsError(
    'RegistryPolicyNotFoundException',
    `Registry policy does not exist in the registry with id '${registryId}'`,
  );
}

export function cacheRuleNotFound(prefix: string, registryId: string): AwsError {
  return new AwsError(
    'PullThroughCacheRuleNotFoundException',
    `The pull through cache rule with prefix '${prefix}' does not exist in the registry with id '${registryId}'`,
  );
}

export function cacheRuleExists(prefix: string, registryId: string): AwsError {
  return new AwsError(
    'PullThroughCacheRuleAlreadyExistsException',
    `A pull through cache rule with the prefix '${prefix}' already exists in the registry with id '${registryId}'`,
  );
}

export function secretNotFound(arn: string): AwsError {
  return new AwsError(
    'SecretNotFoundException',
    `The secret '${arn}' of the pull through cache rule was not found. Give the rule the ARN of a secret that there is.`,
  );
}

export function unableToAccessSecret(arn: string, why: string): AwsError {
  return new AwsError('UnableToAccessSecretException', `The secret '${arn}' cannot be used: ${why}.`);
}

export function unableToDecryptSecret(arn: string): AwsError {
  return new AwsError(
    'UnableToDecryptSecretValueException',
    `The secret '${arn}' can be accessed, and its value cannot be decrypted.`,
  );
}

export function templateNotFound(prefix: string, registryId: string): AwsError {
  return new AwsError(
    'TemplateNotFoundException',
    `The repository creation template with prefix '${prefix}' does not exist in the registry with id '${registryId}'`,
  );
}

export function templateExists(prefix: string, registryId: string): AwsError {
  return new AwsError(
    'TemplateAlreadyExistsException',
    `The repository creation template with prefix '${prefix}' already exists in the registry with id '${registryId}'`,
  );
}

export function scanNotFound(digest: string, name: string, registryId: string): AwsError {
  return new AwsError(
    'ScanNotFoundException',
    `Image scan does not exist for the image with '{imageDigest:'${digest}', imageTag:'null'}' in the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

export function unsupportedImage(message: string): AwsError {
  return new AwsError('UnsupportedImageTypeException', message);
}

export function signingConfigurationNotFound(registryId: string): AwsError {
  return new AwsError(
    'SigningConfigurationNotFoundException',
    `Signing configuration does not exist in the registry with id '${registryId}'`,
  );
}

export function exclusionExists(principalArn: string): AwsError {
  return new AwsError('ExclusionAlreadyExistsException', `There is an exclusion of '${principalArn}' already.`);
}

export function exclusionNotFound(principalArn: string): AwsError {
  return new AwsError('ExclusionNotFoundException', `There is no exclusion of '${principalArn}'.`);
}

export function backfillNotFound(id: string): AwsError {
  return new AwsError('ReplicationBackfillNotFoundException', `There is no replication backfill '${id}'.`);
}

export function tooManyTags(): AwsError {
  return new AwsError('TooManyTagsException', 'A repository can have no more than 50 tags.');
}

export function invalidTagParameter(message: string): AwsError {
  return new AwsError('InvalidTagParameterException', message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message);
}

/** What has no effect here is refused and not accepted in silence. */
export function notBuilt(what: string): AwsError {
  return invalidParameter(`Longshore does not implement ${what} yet.`);
}
