import { isConditionOperator } from './conditions.ts';
import { isProblem, type PolicyDocument, readPolicy, type Statement } from './policy-document.ts';

/** What a policy belongs to: it decides what it must and must not hold. `own` is one resource's that it need not name. */
export type PolicyKind = 'identity' | 'trust' | 'resource' | 'own';

/** Why IAM would not save the policy, in its words; undefined when it would. */
export function policyProblem(text: string, kind: PolicyKind): string | undefined {
  const read = readPolicy(text);
  if (isProblem(read)) return read.problem;
  if (read.statements.length === 0) return 'Syntax errors in policy.';
  return (
    sidProblem(read, kind) ??
    read.statements.map((one) => statementProblem(one, kind)).find((found) => found !== undefined)
  );
}

function sidProblem({ statements }: PolicyDocument, kind: PolicyKind): string | undefined {
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid === '' ? [] : [sid]));
  // ECR's own console once wrote 'new statement'.
  if (kind !== 'own' && sids.some((sid) => !/^[0-9A-Za-z]*$/.test(sid))) {
    return 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';
  }
  return new Set(sids).size < sids.length ? 'Statement IDs (SID) in a single policy must be unique.' : undefined;
}

function statementProblem(statement: Statement, kind: PolicyKind): string | undefined {
  return (
    principalProblem(statement, kind) ??
    actionProblem(statement, kind) ??
    resourceProblem(statement, kind) ??
    conditionProblem(statement)
  );
}

function principalProblem({ principal, effect }: Statement, kind: PolicyKind): string | undefined {
  if (kind === 'identity') return principal && 'Policy document should not specify a principal.';
  if (!principal) return 'Missing required field Principal';
  if (principal.not && (kind === 'trust' || effect === 'Allow'))
    return 'NotPrincipal is not supported with this policy.';
  const { element } = principal;
  if (!element.any && [...element.aws, ...element.services, ...element.federated].length === 0) {
    return 'Missing required field Principal';
  }
  const wrong = element.aws.find((name) => !isAwsPrincipal(name));
  return wrong === undefined ? undefined : `Invalid principal in policy: "AWS":"${wrong}"`;
}

/** An account, or an ARN of who may be asked about. No wildcard but the star alone. */
function isAwsPrincipal(name: string): boolean {
  if (name === '*' || /^\d{12}$/.test(name)) return true;
  if (name.includes('*') || name.includes('?')) return false;
  return /^arn:aws:(iam::\d{12}:(root|(user|role)\/.+)|sts::\d{12}:(assumed-role\/[^/]+\/.+|federated-user\/.+))$/.test(
    name,
  );
}

function actionProblem({ actions }: Statement, kind: PolicyKind): string | undefined {
  if (actions.patterns.length === 0) return 'Policy statement must contain actions.';
  for (const pattern of actions.patterns) {
    if (pattern === '*') {
      if (kind === 'trust') return 'AssumeRole policy may only specify STS AssumeRole actions.';
      continue;
    }
    const found = /^([^:]*):(.+)$/.exec(pattern);
    if (!found?.[1]) return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
    if (!/^[A-Za-z0-9-]+$/.test(found[1])) return `Vendor ${found[1]} is not valid`;
    if (!/^[A-Za-z0-9*?_-]+$/.test(found[2] ?? '')) return 'Actions/Condition can contain only one colon.';
    if (kind === 'trust' && found[1].toLowerCase() !== 'sts') {
      return 'AssumeRole policy may only specify STS AssumeRole actions.';
    }
  }
  return undefined;
}

function resourceProblem({ resources }: Statement, kind: PolicyKind): string | undefined {
  if (kind === 'trust') return resources && 'Has prohibited field Resource';
  if (!resources && kind === 'own') return undefined;
  if (!resources || resources.patterns.length === 0) return 'Policy statement must contain resources.';
  const wrong = resources.patterns.find((pattern) => pattern !== '*' && !isResourcePattern(pattern));
  if (wrong === undefined) return undefined;
  if (!wrong.includes(':')) return `Resource ${wrong} must be in ARN format or "*".`;
  return `The policy failed legacy parsing`;
}

/** Six parts, or fewer where the last one is a star that stands for the rest. */
function isResourcePattern(pattern: string): boolean {
  const parts = pattern.split(':');
  const [arn, partition = '', service = ''] = parts;
  if (arn !== 'arn' || service === '') return false;
  if (!/^(aws(-[a-z-]+)?|\*)$/.test(partition) && !partition.includes('$')) return false;
  return parts.length >= 6 || pattern.endsWith('*');
}

function conditionProblem({ conditions }: Statement): string | undefined {
  const unknown = conditions.find(({ operator }) => !isConditionOperator(operator));
  if (unknown) return `Invalid Condition type : ${unknown.operator}`;
  const bare = conditions.find(({ key }) => !/^[^:]+:.+$/.test(key));
  return bare && 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
}

/** As the quotas count: white space is free. */
export function policySize(text: string): number {
  return text.replace(/\s/g, '').length;
}
