import type { Instant } from '../core/instant.ts';
import type { Principal } from './operation.ts';

/** Who holds which access key. Asked on every request, so it answers from memory. */
export interface AccessKeys {
  /**
   * The key, or undefined when nobody holds it (any more). Temporary keys come with a session token, which must be
   * theirs; one with a key that is not temporary is no pair.
   */
  find(accessKeyId: string, sessionToken?: string): AccessKey | undefined;
}

export interface AccessKey {
  readonly secretAccessKey: string;
  readonly principal: Principal;
  /** Of temporary keys: from then on they are refused as expired. */
  readonly expiresAt?: Instant;
}
