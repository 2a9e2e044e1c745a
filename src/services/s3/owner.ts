import type { Hash } from '../../world/world.ts';

/** The canonical user id of an account: 64 hex digits, the same for ever. */
export function ownerOf(hash: Hash, accountId: string): { readonly ID: string } {
  return { ID: hash.sha256Hex(`canonical user ${accountId}`) };
}
