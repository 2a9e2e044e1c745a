import type { GetAccessKeyInfoRequest, GetAccessKeyInfoResponse } from '@aws-sdk/client-sts';
import type { Operation } from '../../../aws/operation.ts';
import { accountOfAccessKey } from '../../iam/public.ts';
import { validationError } from '../errors.ts';
import type { StsParts } from '../parts.ts';

/** The account of an access key: of a user's, or the caller's own. Temporary keys are nowhere kept, so none is found. */
export const getAccessKeyInfo: Operation<GetAccessKeyInfoRequest, GetAccessKeyInfoResponse, StsParts> = (
  input,
  { call, store },
) => {
  const isOwn = input.AccessKeyId === call.principal.accessKeyId;
  const account = isOwn ? call.accountId : store.view((reader) => accountOfAccessKey(reader, input.AccessKeyId));
  if (account === undefined) throw validationError('The access key is not valid.');
  return { Account: account };
};
