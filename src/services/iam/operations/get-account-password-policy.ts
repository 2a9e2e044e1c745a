import type { GetAccountPasswordPolicyResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { noSuchEntity } from '../errors.ts';

/** There are no passwords, and so no policy of them. */
export const getAccountPasswordPolicy: Operation<object, GetAccountPasswordPolicyResponse> = (_input, { call }) => {
  throw noSuchEntity(`The Password Policy with domain name ${call.accountId} cannot be found.`);
};
