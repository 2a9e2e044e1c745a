import type { DescribeKeyRequest, DescribeKeyResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { showKey } from '../key-view.ts';
import { createServiceKey } from '../new-key.ts';
import type { KmsParts } from '../parts.ts';
import { keyNamed } from '../references.ts';
import { aliases, aliasKey } from '../tables.ts';

/** A service's own key is made when its alias is first asked for, as AWS does. */
export const describeKey: Operation<DescribeKeyRequest, DescribeKeyResponse, KmsParts> = (
  input,
  { call, store, parts },
) =>
  store.update((tx, env) => {
    const alias = input.KeyId.startsWith('alias/aws/') ? input.KeyId : undefined;
    const key =
      alias !== undefined && !tx.get(aliases, aliasKey(call, alias))
        ? createServiceKey(tx, env, parts, call, alias)
        : keyNamed(tx, call, input.KeyId);
    return { KeyMetadata: showKey(key) };
  });
