import { AwsError } from '../../../aws/error.ts';

type Statement = Readonly<Record<string, unknown>>;

/** Checks the form of a bucket's policy, and gives its statements. What it allows is IAM's to say. */
export function checkBucketPolicy(text: string, bucket: string): readonly Statement[] {
  if (new TextEncoder().encode(text).length > policyBytes)
    throw malformed('Policy exceeds the maximum allowed document size.');
  const document = parse(text);
  const listed = document['Statement'];
  const statements: unknown[] = Array.isArray(listed) ? listed : [listed];
  if (listed === undefined || statements.length === 0) throw malformed('Missing required field Statement');
  return statements.map((statement) => {
    if (!isRecord(statement)) throw malformed("Policies must be valid JSON and the first byte must be '{'");
    if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny') {
      throw malformed(`Invalid effect: ${shown(statement['Effect'])}`);
    }
    if (statement['Principal'] === undefined && statement['NotPrincipal'] === undefined) {
      throw malformed('Missing required field Principal');
    }
    const actions = texts(statement['Action'] ?? statement['NotAction']);
    if (actions.length === 0) throw malformed('Missing required field Action');
    if (!actions.every((action) => action === '*' || /^s3:[A-Za-z0-9*?]+$/i.test(action))) {
      throw malformed('Policy has invalid action');
    }
    const resources = texts(statement['Resource'] ?? statement['NotResource']);
    if (resources.length === 0) throw malformed('Missing required field Resource');
    for (const resource of resources) {
      const named = /^arn:aws:s3:::([^/]+)(\/.*)?$/.exec(resource)?.[1];
      if (resource !== '*' && (named === undefined || !mayBe(named, bucket)))
        throw malformed('Policy has invalid resource');
    }
    return statement;
  });
}

/** Whether anybody at all is allowed something, with no condition. */
export function isPublic(statements: readonly Statement[]): boolean {
  return statements.some((statement) => {
    const principal = statement['Principal'];
    const isAnybody = principal === '*' || (isRecord(principal) && texts(principal['AWS']).includes('*'));
    return statement['Effect'] === 'Allow' && isAnybody && statement['Condition'] === undefined;
  });
}

const policyBytes = 20 * 1024;

function parse(text: string): Statement {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Said below: what it is instead does not matter.
  }
  throw malformed("Policies must be valid JSON and the first byte must be '{'");
}

function mayBe(pattern: string, bucket: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`).test(bucket);
}

function texts(value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : 'null';
}

function isRecord(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicy', message, { status: 400 });
}
