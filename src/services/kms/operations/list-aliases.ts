import type { ListAliasesRequest, ListAliasesResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { scopeKey } from '../../../core/scope.ts';
import type { KmsParts } from '../parts.ts';
import { aliasArn, keyNamed } from '../references.ts';
import { pageAnswer, pageAsked } from '../rules/paging.ts';
import { aliases, aliasKey, keyKey } from '../tables.ts';

export const listAliases: Operation<ListAliasesRequest, ListAliasesResponse, KmsParts> = (input, { call, store }) =>
  store.view((reader) => {
    const { size, afterKey } = pageAsked(input);
    const found =
      input.KeyId === undefined
        ? reader.find(aliases, 'scope', scopeKey(call), afterKey)
        : reader.find(aliases, 'key', keyKey(call, keyNamed(reader, call, input.KeyId).keyId), afterKey);
    const page = takePage(found, size, (alias) => aliasKey(alias, alias.aliasName));
    return {
      Aliases: page.items.map((alias) => ({
        AliasName: alias.aliasName,
        AliasArn: aliasArn(alias),
        TargetKeyId: alias.keyId,
        CreationDate: new Date(alias.createdAt),
        LastUpdatedDate: new Date(alias.updatedAt),
      })),
      ...pageAnswer(page),
    };
  });
