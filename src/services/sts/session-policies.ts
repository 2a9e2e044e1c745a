import type { PolicyDescriptorType } from '@aws-sdk/client-sts';
import type { Parsed } from '../../aws/operation.ts';
import type { Session } from '../../aws/session.ts';
import type { Reader } from '../../store/store.ts';
import { isManagedPolicy, sessionPolicyProblem } from '../iam/public.ts';
import { constraintBroken, malformedPolicy, packedPolicyTooLarge, validationError } from './errors.ts';
import { packedPercent, sessionLimits } from './rules/session-request.ts';
import type { IamTag } from './rules/session-tag.ts';

/** The policies and tags that a request gives its session, checked. */
export function sessionLayers(reader: Reader, input: SessionLayersInput): SessionLayers {
  const { Policy: policy, Tags: tags = [] } = input;
  const policyArns = (input.PolicyArns ?? []).map(({ arn = '' }) => arn);
  if (policy !== undefined) checkPolicy(policy);
  if (policyArns.length > sessionLimits.policyArns) {
    throw constraintBroken(
      '[...]',
      'policyArns',
      `Member must have length less than or equal to ${sessionLimits.policyArns}`,
    );
  }
  const missing = policyArns.find((arn) => !isManagedPolicy(reader, arn));
  if (missing !== undefined) throw validationError(`Policy ${missing} does not exist or is not attachable.`);
  checkTags(tags);
  const percent = packedPercent(policy, policyArns, tags);
  if (percent > 100) throw packedPolicyTooLarge(percent);
  const hasLayers = policy !== undefined || policyArns.length > 0 || tags.length > 0;
  return {
    session: {
      ...(policy !== undefined && { policies: [policy] }),
      ...(policyArns.length > 0 && { policyArns }),
      ...(tags.length > 0 && { tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) }),
    },
    ...(hasLayers && { packedPolicySize: percent }),
  };
}

export interface SessionLayersInput {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly Parsed<PolicyDescriptorType>[] | undefined;
  readonly Tags?: readonly IamTag[] | undefined;
}

export interface SessionLayers {
  readonly session: Pick<Session, 'policies' | 'policyArns' | 'tags'>;
  readonly packedPolicySize?: number;
}

function checkPolicy(policy: string): void {
  if (policy.length > sessionLimits.policyCharacters) {
    throw constraintBroken(
      policy,
      'policy',
      `Member must have length less than or equal to ${sessionLimits.policyCharacters}`,
    );
  }
  const problem = sessionPolicyProblem(policy);
  if (problem !== undefined) throw malformedPolicy(problem);
}

function checkTags(tags: readonly IamTag[]): void {
  if (tags.length > sessionLimits.tags) {
    throw constraintBroken('[...]', 'tags', `Member must have length less than or equal to ${sessionLimits.tags}`);
  }
  for (const { Key, Value } of tags) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(Key)) {
      throw constraintBroken(
        Key,
        'tags.member.key',
        'Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',
      );
    }
    if (Value.length > 256)
      throw constraintBroken(Value, 'tags.member.value', 'Member must have length less than or equal to 256');
  }
  const keys = new Set(tags.map(({ Key }) => Key.toLowerCase()));
  if (keys.size < tags.length)
    throw validationError('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
}
