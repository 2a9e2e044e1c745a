/** What IAM asks of names, paths, tags and policies before it looks at anything else. */
import type { Tag } from '@aws-sdk/client-iam';
import { constraintBroken, invalidInput, limitExceeded, malformedPolicy } from './errors.ts';
import { limits } from './rules/limits.ts';
import { type PolicyKind, policyProblem, policySize } from './rules/validate-policy.ts';
import type { IamTag } from './tables.ts';

const nameLengths = {
  userName: 64,
  roleName: 64,
  groupName: 128,
  policyName: 128,
  instanceProfileName: 128,
} as const;

export function checkName(name: string, member: keyof typeof nameLengths): void {
  const longest = nameLengths[member];
  if (name.length > longest) {
    throw constraintBroken(name, member, `Member must have length less than or equal to ${longest}`);
  }
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw constraintBroken(name, member, 'Member must satisfy regular expression pattern: [\\w+=,.@-]+');
  }
}

/** The path given, or the root of all paths. */
export function checkedPath(path = '/'): string {
  const isPath = path.length <= 512 && /^(\/|\/[\x21-\x7e]+\/)$/.test(path);
  if (isPath) return path;
  throw constraintBroken(
    path,
    'path',
    'Member must satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)',
  );
}

export function checkedTags(tags: readonly Tag[] | undefined): readonly IamTag[] {
  const kept = (tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }));
  for (const { Key, Value } of kept) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(Key)) {
      throw constraintBroken(
        Key,
        'tags.member.key',
        'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',
      );
    }
    if (Value.length > 256) {
      throw constraintBroken(Value, 'tags.member.value', 'Member must have length less than or equal to 256');
    }
  }
  if (new Set(kept.map(({ Key }) => Key.toLowerCase())).size < kept.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  return kept;
}

/** New values take the place of old ones; keys that differ in case alone are one key. */
export function withTags(present: readonly IamTag[], tags: readonly Tag[] | undefined): readonly IamTag[] {
  const added = checkedTags(tags);
  const keys = new Set(added.map(({ Key }) => Key.toLowerCase()));
  const merged = [...present.filter(({ Key }) => !keys.has(Key.toLowerCase())), ...added];
  if (merged.length > limits.tags) throw limitExceeded('TagsPerResource', limits.tags);
  return merged;
}

export function withoutTags(present: readonly IamTag[], keys: readonly string[] | undefined): readonly IamTag[] {
  const gone = new Set(keys?.map((key) => key.toLowerCase()));
  return present.filter(({ Key }) => !gone.has(Key.toLowerCase()));
}

export function checkPolicy(document: string, kind: PolicyKind): void {
  const problem = policyProblem(document, kind);
  if (problem !== undefined) throw malformedPolicy(problem);
}

export function checkTrustPolicy(document: string): void {
  checkPolicy(document, 'trust');
  if (policySize(document) > limits.trustPolicySize) throw limitExceeded('ACLSizePerRole', limits.trustPolicySize);
}
