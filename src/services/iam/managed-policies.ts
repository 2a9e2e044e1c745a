import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { type AwsManagedPolicy, findAwsManagedPolicy } from './aws-managed-policies.ts';
import { noSuchEntity, validationError } from './errors.ts';
import { policies, type PolicyRecord } from './tables.ts';

type Asking = Pick<Call, 'accountId'>;

/** The account's own policy. Throws NoSuchEntity; AWS's policies are nobody's to change. */
export function ownPolicy(reader: Reader, { accountId }: Asking, arn: string): PolicyRecord {
  const policy = reader.get(policies, arn);
  if (policy?.accountId === accountId) return policy;
  if (findAwsManagedPolicy(arn)) throw validationError(`Invalid ARN: ${arn} is a policy of AWS and cannot be changed.`);
  throw noSuchEntity(`Policy ${arn} was not found.`);
}

/** One of either kind, of which one is there. */
export function anyPolicy(
  reader: Reader,
  { accountId }: Asking,
  arn: string,
): { readonly own: PolicyRecord } | { readonly aws: AwsManagedPolicy } {
  const own = reader.get(policies, arn);
  if (own?.accountId === accountId) return { own };
  const aws = findAwsManagedPolicy(arn);
  if (aws) return { aws };
  throw noSuchEntity(`Policy ${arn} was not found.`);
}

/** The name of a policy's version, such as v3. */
export function versionNamed(policy: PolicyRecord, versionId: string): PolicyRecord['versions'][number] {
  const version = policy.versions.find((one) => one.versionId === versionId);
  if (!version) throw noSuchEntity(`Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`);
  return version;
}
