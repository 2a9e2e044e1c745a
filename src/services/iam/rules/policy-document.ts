import type { PrincipalElement } from './principals.ts';

/** A policy document, read: lists where AWS lets one text stand, exactly one of each pair of elements. */
export interface PolicyDocument {
  readonly version: '2008-10-17' | '2012-10-17';
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly principal: { readonly not: boolean; readonly element: PrincipalElement } | undefined;
  readonly actions: { readonly not: boolean; readonly patterns: readonly string[] };
  /** Absent in trust policies, whose resource is the role. */
  readonly resources: { readonly not: boolean; readonly patterns: readonly string[] } | undefined;
  readonly conditions: readonly ConditionElement[];
}

export interface ConditionElement {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** What is wrong with a policy, in AWS's words. */
export interface PolicyProblem {
  readonly problem: string;
}

export function isProblem<Read extends object>(read: Read | PolicyProblem): read is PolicyProblem {
  return 'problem' in read;
}

const syntax: PolicyProblem = { problem: 'Syntax errors in policy.' };

/** Reads the form of any policy; what a kind of policy must and must not hold is in validate-policy.ts. */
export function readPolicy(text: string): PolicyDocument | PolicyProblem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'This policy contains invalid Json' };
  }
  if (!isObject(value)) return syntax;
  const { Version: version = '2008-10-17', Statement: statements } = value;
  if (Object.keys(value).some((name) => !documentElements.includes(name))) return syntax;
  if (version !== '2008-10-17' && version !== '2012-10-17') return syntax;
  const read: Statement[] = [];
  for (const statement of Array.isArray(statements) ? statements : [statements]) {
    const one = readStatement(statement);
    if (isProblem(one)) return one;
    read.push(one);
  }
  return { version, statements: read };
}

const documentElements = ['Version', 'Id', 'Statement'];
const statementElements = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

function readStatement(value: unknown): Statement | PolicyProblem {
  if (!isObject(value)) return syntax;
  if (Object.keys(value).some((name) => !statementElements.includes(name))) return syntax;
  const { Sid: sid, Effect: effect } = value;
  if ((sid !== undefined && typeof sid !== 'string') || (effect !== 'Allow' && effect !== 'Deny')) return syntax;
  const actions = oneOf(value, 'Action', 'NotAction');
  const resources = oneOf(value, 'Resource', 'NotResource');
  const principal = readPrincipals(value);
  const conditions = readConditions(value['Condition']);
  if (actions === 'both' || resources === 'both' || principal === 'wrong' || !conditions) return syntax;
  if (!actions) return { problem: 'Policy statement must contain actions.' };
  return { sid, effect, principal, actions, resources, conditions };
}

/** The element of the pair that is there, undefined when neither is. A malformed one counts as a mistake. */
function oneOf(
  statement: Readonly<Record<string, unknown>>,
  name: string,
  notName: string,
): { readonly not: boolean; readonly patterns: readonly string[] } | undefined | 'both' {
  const [plain, negated] = [statement[name], statement[notName]];
  if (plain !== undefined && negated !== undefined) return 'both';
  if (plain === undefined && negated === undefined) return undefined;
  const patterns = texts(plain ?? negated);
  return patterns ? { not: negated !== undefined, patterns } : 'both';
}

function readPrincipals(statement: Readonly<Record<string, unknown>>): Statement['principal'] | 'wrong' {
  const { Principal: plain, NotPrincipal: negated } = statement;
  if (plain !== undefined && negated !== undefined) return 'wrong';
  const value = plain ?? negated;
  if (value === undefined) return undefined;
  const element = readPrincipalElement(value);
  return element ? { not: negated !== undefined, element } : 'wrong';
}

function readPrincipalElement(value: unknown): PrincipalElement | undefined {
  if (value === '*') return { any: true, aws: [], services: [], federated: [] };
  if (!isObject(value)) return undefined;
  const {
    AWS: aws = [],
    Service: services = [],
    Federated: federated = [],
    CanonicalUser: users = [],
    ...other
  } = value;
  const read = [aws, services, federated, users].map(texts);
  const [awsTexts, serviceTexts, federatedTexts, userTexts] = read;
  if (!awsTexts || !serviceTexts || !federatedTexts || !userTexts || Object.keys(other).length > 0) return undefined;
  return { any: awsTexts.includes('*'), aws: awsTexts, services: serviceTexts, federated: federatedTexts };
}

function readConditions(value: unknown): readonly ConditionElement[] | undefined {
  if (value === undefined) return [];
  if (!isObject(value)) return undefined;
  const conditions: ConditionElement[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys)) return undefined;
    for (const [key, written] of Object.entries(keys)) {
      const values = conditionTexts(written);
      if (!values) return undefined;
      conditions.push({ operator, key, values });
    }
  }
  return conditions;
}

function texts(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

/** JSON's own booleans and numbers are read as their texts. */
function conditionTexts(value: unknown): readonly string[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const isPlain = items.every(
    (item) => typeof item === 'string' || typeof item === 'boolean' || typeof item === 'number',
  );
  return isPlain ? items.map(String) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
