import type { AccessKeys } from '../aws/access-keys.ts';
import type { RootKeys } from './root-keys.ts';

/** The root keys of one account are all the keys there are. */
export function rootAccessKeys(keys: RootKeys, accountId: string): AccessKeys {
  const key = {
    secretAccessKey: keys.secretAccessKey,
    principal: { arn: `arn:aws:iam::${accountId}:root`, accountId, accessKeyId: keys.accessKeyId, userId: accountId },
  };
  return { find: (accessKeyId) => (accessKeyId === keys.accessKeyId ? key : undefined) };
}
