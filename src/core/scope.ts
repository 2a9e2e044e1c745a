/** Where a resource lives: every AWS resource belongs to one account and (almost always) one region. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** The scope as one index value. */
export function scopeKey(scope: Scope): string {
  return `${scope.accountId}/${scope.region}`;
}
