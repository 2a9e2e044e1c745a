import type { IamTag } from './session-tag.ts';

/** What is wrong with a request for a session. */
export interface SessionRefusal {
  readonly kind: 'validation' | 'policy-too-large' | 'malformed-policy';
  readonly message: string;
  readonly percent?: number;
}

export const sessionLimits = {
  shortestSeconds: 900,
  longestRoleSeconds: 43_200,
  defaultRoleSeconds: 3600,
  chainedSeconds: 3600,
  longestUserSeconds: 129_600,
  defaultUserSeconds: 43_200,
  rootSeconds: 3600,
  /** Policies and tags of a session travel in its token, and a header holds only so much. */
  packedBytes: 4096,
  policyCharacters: 2048,
  policyArns: 10,
  tags: 50,
} as const;

/** How long the session lasts, or what is wrong with what was asked. */
export function sessionSeconds(
  asked: number | undefined,
  bounds: { readonly longest: number; readonly standard: number },
): number | string {
  if (asked === undefined) return Math.min(bounds.standard, bounds.longest);
  const { shortestSeconds } = sessionLimits;
  if (asked < shortestSeconds) {
    return `1 validation error detected: Value '${asked}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${shortestSeconds}`;
  }
  if (asked > bounds.longest) {
    return `1 validation error detected: Value '${asked}' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to ${bounds.longest}`;
  }
  return asked;
}

/** `[\w+=,.@-]`, 2 to 64 of them: session names and source identities. */
export function isSessionName(name: string): boolean {
  return /^[\w+=,.@-]{2,64}$/.test(name);
}

export function sessionNameProblem(name: string, member: string): string | undefined {
  if (isSessionName(name)) return undefined;
  const constraint =
    name.length < 2
      ? 'Member must have length greater than or equal to 2'
      : name.length > 64
        ? 'Member must have length less than or equal to 64'
        : 'Member must satisfy regular expression pattern: [\\w+=,.@-]*';
  return `1 validation error detected: Value '${name.slice(0, 200)}' at '${member}' failed to satisfy constraint: ${constraint}`;
}

/** How much of the room for policies and tags is used, in percent. */
export function packedPercent(
  policy: string | undefined,
  policyArns: readonly string[],
  tags: readonly IamTag[],
): number {
  const characters =
    (policy?.length ?? 0) +
    policyArns.reduce((sum, arn) => sum + arn.length, 0) +
    tags.reduce((sum, { Key, Value }) => sum + Key.length + Value.length, 0);
  return Math.ceil((characters / sessionLimits.packedBytes) * 100);
}
