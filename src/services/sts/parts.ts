import type { Hash, Random } from '../../world/world.ts';
import type { SessionTokens } from './session-tokens.ts';
import type { FetchJson } from './web-identity.ts';

/** What STS has besides the store. */
export interface StsParts {
  readonly random: Random;
  readonly hash: Hash;
  readonly tokens: SessionTokens;
  /** Reaches identity providers. Without it their tokens are refused. */
  readonly fetchJson?: FetchJson | undefined;
}
