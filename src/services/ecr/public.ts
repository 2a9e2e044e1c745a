import type { Instant } from '../../core/instant.ts';
import type { Principal } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import type { Scope } from '../../core/scope.ts';
import type { Hash } from '../../world/world.ts';
import { findImage } from './references.ts';
import { repositories, repositoryKey } from './tables.ts';
import { type AuthorizationToken, createToken } from './tokens.ts';

/** The digest of an image of this registry; undefined when there is no such repository or tag. */
export function imageDigest(reader: Reader, scope: Scope, repositoryName: string, tag: string): string | undefined {
  const repository = reader.get(repositories, repositoryKey(scope, repositoryName));
  return repository && findImage(reader, repository, { imageTag: tag })?.digest;
}

/** What ECR Public gives its callers: a token of the same make, which its registry would take. */
export function authorizationToken(reader: Reader, hash: Hash, principal: Principal, now: Instant): AuthorizationToken {
  return createToken(reader, hash, principal, now);
}
