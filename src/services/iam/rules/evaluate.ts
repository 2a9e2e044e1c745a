import type { CompiledPolicy } from './compile-policy.ts';
import type { Context } from './context.ts';
import { accountOf, type Caller, type Closeness } from './principals.ts';

/** One question to the policies: may this caller do this to that. */
export interface Question {
  readonly caller: Caller;
  /** Such as `ecs:RunTask`. */
  readonly action: string;
  readonly resource: string;
  readonly resourceAccountId: string;
  readonly context: Context;
  readonly policies: Policies;
  /**
   * The resource's own policy decides also within its account (trust policies of roles, key policies): what it does not
   * grant or hand to the account, no identity policy can.
   */
  readonly resourcePolicyDecides?: boolean;
}

/** The layers of policies that have a say. Absent layers do not limit; an absent resource policy does not grant. */
export interface Policies {
  readonly identity: readonly CompiledPolicy[];
  readonly boundary?: CompiledPolicy | undefined;
  readonly session?: readonly CompiledPolicy[] | undefined;
  readonly resource?: CompiledPolicy | undefined;
  /** Levels from the organisation's root to the account; each level must allow. */
  readonly scps?: readonly (readonly CompiledPolicy[])[] | undefined;
  readonly rcps?: readonly (readonly CompiledPolicy[])[] | undefined;
}

export type Layer = 'scp' | 'rcp' | 'resource' | 'identity' | 'boundary' | 'session';

export type Decision =
  | { readonly decision: 'allow' }
  | { readonly decision: 'explicitDeny' | 'implicitDeny'; readonly by: Layer };

const allow: Decision = { decision: 'allow' };

/** Decides as AWS does: an explicit deny anywhere wins; what nobody allows is denied. */
export function evaluate(question: Question): Decision {
  const { policies, caller } = question;
  const asked: Asked = { ...question, lowerAction: question.action.toLowerCase(), hasBoundary: !!policies.boundary };
  const denied = denyingLayer(asked);
  if (denied) return { decision: 'explicitDeny', by: denied };
  for (const [by, levels] of [['scp', policies.scps] as const, ['rcp', policies.rcps] as const]) {
    if (levels?.some((level) => !allowsAny(level, asked))) return { decision: 'implicitDeny', by };
  }
  const granted = policies.resource ? grantOf(policies.resource, asked) : 'none';
  const accountId = accountOf(caller);
  if (accountId === undefined) return granted === 'direct' ? allow : { decision: 'implicitDeny', by: 'resource' };
  const isOwnAccount = accountId === question.resourceAccountId;
  const isGrantNeeded = !isOwnAccount || question.resourcePolicyDecides === true;
  if (granted === 'none' && isGrantNeeded) return { decision: 'implicitDeny', by: 'resource' };
  if (caller.kind === 'root') return allow;
  // Named exactly by a policy of its own account: neither a silent boundary nor a silent session policy stops it.
  if (granted === 'direct' && isOwnAccount) return allow;
  const isIdentityNeeded = !(granted === 'role' && isOwnAccount);
  if (isIdentityNeeded && !allowsAny(policies.identity, asked)) return { decision: 'implicitDeny', by: 'identity' };
  if (policies.boundary && !allowsAny([policies.boundary], asked)) return { decision: 'implicitDeny', by: 'boundary' };
  if (policies.session && !allowsAny(policies.session, asked)) return { decision: 'implicitDeny', by: 'session' };
  return allow;
}

interface Asked extends Question {
  readonly lowerAction: string;
  readonly hasBoundary: boolean;
}

/** Where several layers deny, AWS names one. */
function denyingLayer(asked: Asked): Layer | undefined {
  const { scps, rcps, resource, identity, boundary, session } = asked.policies;
  if (scps?.some((level) => denies(level, asked))) return 'scp';
  if (rcps?.some((level) => denies(level, asked))) return 'rcp';
  if (resource && denies([resource], asked)) return 'resource';
  if (denies(identity, asked)) return 'identity';
  if (boundary && denies([boundary], asked)) return 'boundary';
  return session && denies(session, asked) ? 'session' : undefined;
}

function denies(policies: readonly CompiledPolicy[], asked: Asked): boolean {
  return anyStatement(policies, 'Deny', asked);
}

function allowsAny(policies: readonly CompiledPolicy[], asked: Asked): boolean {
  return anyStatement(policies, 'Allow', asked);
}

function anyStatement(policies: readonly CompiledPolicy[], effect: 'Allow' | 'Deny', asked: Asked): boolean {
  for (const { statements } of policies) {
    for (const statement of statements) {
      if (statement.effect !== effect) continue;
      if (statement.closeness?.(asked.caller, asked.hasBoundary) === 'none') continue;
      if (statement.matches(asked.lowerAction, asked.resource, asked.context)) return true;
    }
  }
  return false;
}

/** The closest grant among the statements of a resource's policy that allow. */
function grantOf({ statements }: CompiledPolicy, asked: Asked): Closeness {
  let closest: Closeness = 'none';
  for (const statement of statements) {
    if (statement.effect !== 'Allow') continue;
    const closeness = statement.closeness?.(asked.caller, asked.hasBoundary) ?? 'none';
    if (ranks[closeness] <= ranks[closest]) continue;
    if (statement.matches(asked.lowerAction, asked.resource, asked.context)) closest = closeness;
  }
  return closest;
}

const ranks: Readonly<Record<Closeness, number>> = { none: 0, account: 1, role: 2, direct: 3 };
