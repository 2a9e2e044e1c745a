import type { Random } from '../../world/world.ts';
import type { SessionTokens } from './session-tokens.ts';

/** What STS has besides the store. */
export interface StsParts {
  readonly random: Random;
  readonly tokens: SessionTokens;
}
