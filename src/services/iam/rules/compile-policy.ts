import { type Condition, compileCondition } from './conditions.ts';
import type { Context } from './context.ts';
import { compileGlob, type Glob, markWildcards } from './glob.ts';
import type { PolicyDocument, Statement } from './policy-document.ts';
import { type Caller, type Closeness, closenessOf, isSpared } from './principals.ts';
import { compileGlobTemplate, type GlobTemplate } from './template.ts';

/** A policy made ready: asking it costs a few comparisons. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
}

export interface CompiledStatement {
  readonly effect: 'Allow' | 'Deny';
  /** Undefined where the policy belongs to an identity. */
  readonly closeness: ((caller: Caller, hasBoundary: boolean) => Closeness) | undefined;
  /** The action in lower case. */
  readonly matches: (lowerAction: string, resource: string, context: Context) => boolean;
}

export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const variables = document.version === '2012-10-17';
  return { statements: document.statements.map((statement) => compileStatement(statement, variables)) };
}

function compileStatement(statement: Statement, variables: boolean): CompiledStatement {
  const { effect, actions, resources, principal } = statement;
  const actionGlobs = actions.patterns.map((pattern) => compileGlob(markWildcards(pattern.toLowerCase())));
  const resourceGlobs = resources?.patterns.map((pattern) => compileGlobTemplate(pattern, variables)) ?? [];
  const conditions: Condition[] = [];
  let isUnknown = false;
  for (const { operator, key, values } of statement.conditions) {
    const condition = compileCondition(operator, key, values, variables);
    if (condition) conditions.push(condition);
    else isUnknown = true;
  }
  return {
    effect,
    closeness: principal && ((caller, hasBoundary) => principalCloseness(principal, caller, hasBoundary)),
    matches: (lowerAction, resource, context) =>
      // Saved policies hold no unknown operator. Where one does, an Allow must not hold and a Deny must.
      (!isUnknown || effect === 'Deny') &&
      matchesAction(actionGlobs, lowerAction) !== actions.not &&
      (!resources || matchesResource(resourceGlobs, resources.not, resource, context)) &&
      conditions.every((condition) => condition.holds(context) === true),
  };
}

/** A principal with a boundary is denied by every NotPrincipal element, as AWS warns. */
function principalCloseness(
  { not, element }: NonNullable<Statement['principal']>,
  caller: Caller,
  hasBoundary: boolean,
): Closeness {
  if (!not) return closenessOf(element, caller);
  return hasBoundary || !isSpared(element, caller) ? 'direct' : 'none';
}

function matchesAction(globs: readonly Glob[], lowerAction: string): boolean {
  for (const glob of globs) if (glob.matches(lowerAction)) return true;
  return false;
}

/** A pattern with a variable that has no value matches nothing, and neither does a NotResource with one. */
function matchesResource(
  templates: readonly GlobTemplate[],
  not: boolean,
  resource: string,
  context: Context,
): boolean {
  let found = false;
  for (const template of templates) {
    const glob = template.glob(context);
    if (!glob) {
      if (not) return false;
      continue;
    }
    found ||= glob.matches(resource);
  }
  return found !== not;
}
