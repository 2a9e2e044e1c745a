import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/operation.ts';

/** Needs no permission in AWS either: it tells who holds the keys. */
export const getCallerIdentity: Operation<GetCallerIdentityRequest, GetCallerIdentityResponse> = (
  _input,
  { call },
) => ({
  UserId: call.principal.userId,
  Account: call.principal.accountId,
  Arn: call.principal.arn,
});
