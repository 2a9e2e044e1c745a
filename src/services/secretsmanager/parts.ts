import type { Hash, Random } from '../../world/world.ts';
import type { KmsParts } from '../kms/public.ts';

/** What Secrets Manager has besides the store; app/compose.ts gives it. */
export interface SecretsManagerParts {
  readonly kms: KmsParts;
  readonly hash: Hash;
  readonly random: Random;
}
