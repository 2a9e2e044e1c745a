import type { ListKeysRequest, ListKeysResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { scopeKey } from '../../../core/scope.ts';
import type { KmsParts } from '../parts.ts';
import { keyArn } from '../references.ts';
import { pageAsked, pageAnswer } from '../rules/paging.ts';
import { keyKey, keys } from '../tables.ts';

export const listKeys: Operation<ListKeysRequest, ListKeysResponse, KmsParts> = (input, { call, store }) =>
  store.view((reader) => {
    const { size, afterKey } = pageAsked(input);
    const page = takePage(reader.find(keys, 'scope', scopeKey(call), afterKey), size, (key) => keyKey(key, key.keyId));
    return { Keys: page.items.map((key) => ({ KeyId: key.keyId, KeyArn: keyArn(key) })), ...pageAnswer(page) };
  });
