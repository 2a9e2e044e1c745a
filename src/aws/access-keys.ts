import type { Principal } from './operation.ts';

/** Who holds which access key. Asked on every request, so it answers from memory. */
export interface AccessKeys {
  /** The key, or undefined when nobody holds it (any more). */
  find(accessKeyId: string): AccessKey | undefined;
}

export interface AccessKey {
  readonly secretAccessKey: string;
  readonly principal: Principal;
}
