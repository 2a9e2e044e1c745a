import type { Hash } from '../../world/world.ts';

/** What ECS has besides the store; app/compose.ts gives it. */
export interface EcsParts {
  readonly hash: Hash;
}
