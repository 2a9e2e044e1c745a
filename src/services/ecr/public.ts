import type { Instant } from '../../core/instant.ts';
import type { Principal } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import type { Hash } from '../../world/world.ts';
import { type AuthorizationToken, createToken } from './tokens.ts';

/** What ECR Public gives its callers: a token of the same make, which its registry would take. */
export function authorizationToken(reader: Reader, hash: Hash, principal: Principal, now: Instant): AuthorizationToken {
  return createToken(reader, hash, principal, now);
}

/** The host, with its port, by which images are pulled from us by whoever reaches us by this URL. */
export { registryHost } from './registry-host.ts';
