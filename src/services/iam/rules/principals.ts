/** Who asks, as policies see it. */
export type Caller =
  | { readonly kind: 'root'; readonly accountId: string; readonly arn: string }
  | { readonly kind: 'user'; readonly accountId: string; readonly arn: string }
  | {
      /** A session of a role: policies may name the session, its role (with the role's path), or the account. */
      readonly kind: 'role-session';
      readonly accountId: string;
      readonly arn: string;
      readonly roleArn: string;
    }
  | { readonly kind: 'federated-user'; readonly accountId: string; readonly arn: string; readonly userArn: string }
  | { readonly kind: 'service'; readonly name: string }
  /** Whoever holds a token of an identity provider. */
  | { readonly kind: 'web-identity'; readonly providerArn: string }
  | { readonly kind: 'anonymous' };

export function accountOf(caller: Caller): string | undefined {
  return 'accountId' in caller ? caller.accountId : undefined;
}

/**
 * How closely a Principal element names the caller. `account` only hands the decision to the caller's account; `role`
 * grants to the role, whose boundary and session policies still bind; `direct` names exactly who asks.
 */
export type Closeness = 'none' | 'account' | 'role' | 'direct';

/** A Principal or NotPrincipal element. */
export interface PrincipalElement {
  readonly any: boolean;
  readonly aws: readonly string[];
  readonly services: readonly string[];
  readonly federated: readonly string[];
}

export function closenessOf(element: PrincipalElement, caller: Caller): Closeness {
  if (element.any) return 'direct';
  switch (caller.kind) {
    case 'service':
      return element.services.includes(caller.name) ? 'direct' : 'none';
    case 'web-identity':
      return element.federated.includes(caller.providerArn) ? 'direct' : 'none';
    case 'anonymous':
      return 'none';
    case 'root':
    case 'user':
    case 'role-session':
    case 'federated-user': {
      if (element.aws.includes(caller.arn)) return 'direct';
      if (caller.kind === 'role-session' && element.aws.includes(caller.roleArn)) return 'role';
      if (caller.kind === 'federated-user' && element.aws.includes(caller.userArn)) return 'role';
      return namesAccount(element, caller.accountId) ? 'account' : 'none';
    }
  }
}

/**
 * Whether a NotPrincipal element leaves the caller out. It does only when everything that the caller is has been
 * listed: the account, and the role besides its session.
 */
export function isSpared(element: PrincipalElement, caller: Caller): boolean {
  switch (caller.kind) {
    case 'service':
      return element.services.includes(caller.name);
    case 'web-identity':
      return element.federated.includes(caller.providerArn);
    case 'anonymous':
      return false;
    case 'root':
      return namesAccount(element, caller.accountId);
    case 'user':
    case 'role-session':
    case 'federated-user': {
      const names = [caller.arn];
      if (caller.kind === 'role-session') names.push(caller.roleArn);
      if (caller.kind === 'federated-user') names.push(caller.userArn);
      return namesAccount(element, caller.accountId) && names.every((name) => element.aws.includes(name));
    }
  }
}

function namesAccount({ aws }: PrincipalElement, accountId: string): boolean {
  return aws.includes(accountId) || aws.includes(`arn:aws:iam::${accountId}:root`);
}
