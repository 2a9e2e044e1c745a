import type { Instant } from '../core/instant.ts';

/** What temporary keys stand for, as STS wrote it into their session token. */
export interface Session {
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  /** The role that was assumed, by ARN with its path and by its unique id: one made anew under the name is another. */
  readonly role?: { readonly arn: string; readonly id: string };
  /** The user whose keys asked (GetSessionToken, GetFederationToken); neither role nor user: the account's root. */
  readonly user?: { readonly arn: string; readonly id: string };
  /** Whether a user federated another name (GetFederationToken). */
  readonly isFederated?: boolean;
  /** Session policies, as JSON text and by ARN: with any of them the session may only what they allow as well. */
  readonly policies?: readonly string[];
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
  /** ARN of the identity provider whose token was shown. */
  readonly federatedProvider?: string;
  /** ARN of the ECS task to which these keys were given: they end with it. */
  readonly task?: string;
}
