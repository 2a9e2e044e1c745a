import type { AccessKeys } from '../aws/access-keys.ts';
import { isTaskOver } from '../services/ecs/public.ts';
import { findKey, type SessionTokens } from '../services/sts/public.ts';
import type { Store } from '../store/store.ts';
import type { RootKeys } from './root-keys.ts';

/** The root keys of one account. */
export function rootAccessKeys(keys: RootKeys, accountId: string): AccessKeys {
  const key = {
    secretAccessKey: keys.secretAccessKey,
    principal: { arn: `arn:aws:iam::${accountId}:root`, accountId, accessKeyId: keys.accessKeyId, userId: accountId },
  };
  return {
    find: (accessKeyId, sessionToken) =>
      accessKeyId === keys.accessKeyId && sessionToken === undefined ? key : undefined,
  };
}

/** Besides the root keys those that IAM has given to users, and STS to sessions. */
export function withIssuedKeys(root: AccessKeys, store: Store, tokens: SessionTokens): AccessKeys {
  return {
    find: (accessKeyId, sessionToken) =>
      root.find(accessKeyId, sessionToken) ??
      store.view((reader) =>
        findKey(
          reader,
          tokens,
          accessKeyId,
          sessionToken,
          ({ task }) => task !== undefined && isTaskOver(reader, task),
        ),
      ),
  };
}
