import type { UpstreamRegistry } from '@aws-sdk/client-ecr';
import { AwsError } from '../../../aws/error.ts';
import { invalidParameter, notBuilt } from '../errors.ts';

export interface CacheRuleInput {
  readonly ecrRepositoryPrefix: string;
  readonly upstreamRegistryUrl: string;
  readonly upstreamRegistry?: string | undefined;
  readonly credentialArn?: string | undefined;
  readonly customRoleArn?: string | undefined;
  readonly upstreamRepositoryPrefix?: string | undefined;
}

export interface CacheRule {
  readonly prefix: string;
  readonly upstreamRegistryUrl: string;
  readonly upstreamRegistry?: UpstreamRegistry;
  readonly upstreamPrefix?: string;
  readonly credentialArn?: string;
}

/** Throws what CreatePullThroughCacheRule answers. */
export function readCacheRule(input: CacheRuleInput): CacheRule {
  const { ecrRepositoryPrefix: prefix, upstreamRepositoryPrefix: upstreamPrefix } = input;
  checkPrefix('ecrRepositoryPrefix', prefix);
  if (upstreamPrefix !== undefined) checkPrefix('upstreamRepositoryPrefix', upstreamPrefix);
  if (prefix === 'ROOT' && upstreamPrefix !== undefined && upstreamPrefix !== 'ROOT') {
    throw invalidParameter(
      "Invalid parameter at 'upstreamRepositoryPrefix' failed to satisfy constraint: 'must be ROOT when ecrRepositoryPrefix is ROOT'",
    );
  }
  const upstreamRegistryUrl = input.upstreamRegistryUrl.toLowerCase();
  const known = upstreams.find(({ pattern }) => pattern.test(upstreamRegistryUrl));
  if (!known) {
    throw new AwsError(
      'UnsupportedUpstreamRegistryException',
      `The specified upstream registry isn't supported: '${input.upstreamRegistryUrl.slice(0, 300)}'.`,
    );
  }
  checkCredentials(input);
  const { name } = known;
  if (input.upstreamRegistry !== undefined && name !== undefined && input.upstreamRegistry !== name) {
    throw invalidParameter(
      `Invalid parameter at 'upstreamRegistry' failed to satisfy constraint: '${input.upstreamRegistry} is not the registry of ${upstreamRegistryUrl}'`,
    );
  }
  return {
    prefix,
    upstreamRegistryUrl,
    ...(name === undefined ? {} : { upstreamRegistry: name }),
    ...(upstreamPrefix === undefined ? {} : { upstreamPrefix }),
    ...(input.credentialArn === undefined ? {} : { credentialArn: input.credentialArn }),
  };
}

/** ECR reads no secret but those whose names say that they are for it. Throws InvalidParameterException. */
export function checkCredentials({
  credentialArn,
  customRoleArn,
}: Pick<CacheRuleInput, 'credentialArn' | 'customRoleArn'>): void {
  if (customRoleArn !== undefined) throw notBuilt('custom roles of pull through cache rules');
  if (credentialArn === undefined) return;
  if (credentialArn.length <= 612 && secretOfCache.test(credentialArn)) return;
  throw invalidParameter(
    `Invalid parameter at 'credentialArn' failed to satisfy constraint: 'must satisfy regular expression '${secretOfCache.source.replaceAll(String.raw`\/`, '/')}''`,
  );
}

const secretOfCache = /^arn:aws:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr-pullthroughcache\/[a-zA-Z0-9/_+=.@-]+$/;

/**
 * AWS's list, as images are fetched from nowhere else; and registries of this very machine, by plain HTTP, as engines
 * reach them too. Docker Hub and the like give public images without credentials, which AWS asks for.
 */
const upstreams: readonly { readonly pattern: RegExp; readonly name?: UpstreamRegistry }[] = [
  { pattern: /^public\.ecr\.aws$/, name: 'ecr-public' },
  { pattern: /^registry\.k8s\.io$/, name: 'k8s' },
  { pattern: /^quay\.io$/, name: 'quay' },
  { pattern: /^registry-1\.docker\.io$/, name: 'docker-hub' },
  { pattern: /^ghcr\.io$/, name: 'github-container-registry' },
  { pattern: /^registry\.gitlab\.com$/, name: 'gitlab-container-registry' },
  { pattern: /^cgr\.dev$/, name: 'chainguard' },
  { pattern: /^[a-z0-9]{5,50}\.azurecr\.(io|us)$/, name: 'azure-container-registry' },
  { pattern: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com$/, name: 'ecr' },
  { pattern: /^(localhost|127\.0\.0\.1):\d{1,5}$/ },
];

/** The base URL of an upstream. */
export function upstreamUrl(upstreamRegistryUrl: string): string {
  return `${isOfThisMachine(upstreamRegistryUrl) ? 'http' : 'https'}://${upstreamRegistryUrl}`;
}

export function isOfThisMachine(upstreamRegistryUrl: string): boolean {
  return /^(localhost|127\.)/i.test(upstreamRegistryUrl);
}

function checkPrefix(member: string, prefix: string): void {
  const isPath = /^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$/.test(prefix);
  if (isPath && prefix.length >= 2 && prefix.length <= 30) return;
  throw invalidParameter(
    `Invalid parameter at '${member}' failed to satisfy constraint: 'must satisfy regular expression '^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*/?|ROOT)$' and have length from 2 to 30'`,
  );
}
