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
  /** Account that owns the resource; the caller's own where it is not given. Another's needs both sides to allow. */
  readonly resourceAccountId?: string;
}

export type ConditionValues = Readonly<Record<string, string | readonly string[]>>;
