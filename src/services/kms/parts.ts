import type { Cipher, Random } from '../../world/world.ts';

/** What KMS has besides the store; app/compose.ts gives it. */
export interface KmsParts {
  readonly cipher: Cipher;
  readonly random: Random;
  /** 32 bytes that lie in the data directory apart from the journal: what is sealed under it, the journal alone cannot tell. */
  readonly dataKey: Uint8Array;
}
