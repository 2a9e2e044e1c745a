import { aclNotSupported, missingAcl, notBuilt } from './errors.ts';
import type { BucketRecord } from './tables.ts';

/** As the model has it, and read only. */
interface Policy {
  readonly Owner?: { readonly ID?: string | undefined } | undefined;
  readonly Grants?:
    | readonly {
        readonly Grantee?: { readonly ID?: string | undefined } | undefined;
        readonly Permission?: string | undefined;
      }[]
    | undefined;
}

/** Every way in which a request says who else may do something. */
export interface AclInput {
  readonly ACL?: string | undefined;
  readonly AccessControlPolicy?: Policy | undefined;
  readonly GrantFullControl?: string | undefined;
  readonly GrantRead?: string | undefined;
  readonly GrantReadACP?: string | undefined;
  readonly GrantWrite?: string | undefined;
  readonly GrantWriteACP?: string | undefined;
}

/** Refuses a list that says anything else than that the owner may do everything. */
export function refuseGrants(input: AclInput, bucket: BucketRecord, ownerId?: string): void {
  const { GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP } = input;
  const isPlain = input.ACL === undefined || plainAcls.includes(input.ACL);
  const hasGrants = [GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP].some(
    (grant) => grant !== undefined,
  );
  if (isPlain && !hasGrants && isOwners(input.AccessControlPolicy, ownerId)) return;
  throw (bucket.objectOwnership ?? 'BucketOwnerEnforced') === 'BucketOwnerEnforced'
    ? aclNotSupported()
    : notBuilt('access control lists');
}

/** For the operations that do nothing else than set a list: s3cmd sends the present one after each copy. */
export function refuseAcl(input: AclInput, bucket: BucketRecord, ownerId: string): void {
  if (Object.values(input).every((value) => value === undefined)) throw missingAcl();
  refuseGrants(input, bucket, ownerId);
}

/** Those that give nobody more than the owner has. */
const plainAcls = ['private', 'bucket-owner-full-control'];

function isOwners(policy: Policy | undefined, ownerId: string | undefined): boolean {
  if (!policy) return true;
  const { Grants: grants = [], Owner: owner } = policy;
  return (
    (owner?.ID === undefined || owner.ID === ownerId) &&
    grants.length > 0 &&
    grants.every(({ Grantee, Permission }) => Grantee?.ID === ownerId && Permission === 'FULL_CONTROL')
  );
}
