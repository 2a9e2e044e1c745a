import type { Reader } from '../store/store.ts';
import type { Call, Parsed } from './operation.ts';

/** What one request needs to be allowed: every one of these, or the caller is refused. Pure reads of the state. */
export type Permissions<Input> = (
  input: Parsed<Input>,
  context: { readonly call: Call; readonly reader: Reader },
) => readonly Permission[];

/** One action on some resources, as IAM evaluates it. */
export interface Permission {
  /** Such as `ecs:RunTask`. */
  readonly action: string;
  /** ARNs, all of which must be allowed; `*` where the action has no resource types. */
  readonly resources: readonly string[];
  /** Condition keys of the service and the request, such as `ecs:cluster` or `aws:RequestTag/team`; names in any case. */
  readonly conditions?: ConditionValues;
  /** The policy attached to the resource itself (a bucket, a repository, a key, a secret), as JSON text. */
  readonly resourcePolicy?: string;
  /**
   * What the resource's own policy does not grant, or hand to the account, no identity policy can: trust policies of
   * roles and policies of KMS keys.
   */
  readonly resourcePolicyDecides?: boolean;
  /** Account that owns the resource; the caller's own where it is not given. Another's needs both sides to allow. */
  readonly resourceAccountId?: string;
}

export type ConditionValues = Readonly<Record<string, string | readonly string[]>>;

/** The condition keys that say which tags a request brings. */
export function requestTagConditions(
  tags: readonly { readonly key: string; readonly value: string }[],
): ConditionValues {
  if (tags.length === 0) return {};
  const conditions: Record<string, string | readonly string[]> = { 'aws:TagKeys': tags.map(({ key }) => key) };
  for (const { key, value } of tags) conditions[`aws:RequestTag/${key}`] = value;
  return conditions;
}

/** The same where a request takes tags away, of which it names the keys. */
export function tagKeysConditions(keys: readonly string[]): ConditionValues {
  return keys.length === 0 ? {} : { 'aws:TagKeys': keys };
}

/** The condition keys that say which tags the resource has. Some services have a name of their own for them as well. */
export function resourceTagConditions(
  tags: readonly { readonly key: string; readonly value: string }[],
  ownName?: `${string}:${string}`,
): ConditionValues {
  const names = ['aws:ResourceTag', ...(ownName === undefined ? [] : [ownName])];
  return Object.fromEntries(names.flatMap((name) => tags.map(({ key, value }) => [`${name}/${key}`, value])));
}

/** Tags in the words of the services that write their members with a capital. */
export function plainTags(
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = [],
): readonly { readonly key: string; readonly value: string }[] {
  return tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
}
