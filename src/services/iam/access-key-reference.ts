import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { noSuchEntity } from './errors.ts';
import { findUser, userNameOf } from './identities.ts';
import { type AccessKeyRecord, accessKeys, nameKey } from './tables.ts';

/** The access key that a request names, of the user that it names or of the caller. */
export function findAccessKey(
  reader: Reader,
  call: Call,
  { UserName, AccessKeyId }: { readonly UserName?: string | undefined; readonly AccessKeyId: string },
): AccessKeyRecord {
  const user = findUser(reader, call, userNameOf(call, UserName));
  const key = reader.get(accessKeys, AccessKeyId);
  if (
    !key ||
    key.accountId !== user.accountId ||
    nameKey(key.accountId, key.userName) !== nameKey(user.accountId, user.name)
  ) {
    throw noSuchEntity(`The Access Key with id ${AccessKeyId} cannot be found.`);
  }
  return key;
}
