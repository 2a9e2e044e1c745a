import type { CreateKeyRequest, CreateKeyResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { unsupported } from '../errors.ts';
import { showKey } from '../key-view.ts';
import { createKeyRecord } from '../new-key.ts';
import { checkedPolicy } from '../key-policy.ts';
import type { KmsParts } from '../parts.ts';
import { mergedTags } from '../rules/tags.ts';

/** Differs from AWS: symmetric keys made here only; no imported material, no custom key stores, no keys of several regions. */
export const createKey: Operation<CreateKeyRequest, CreateKeyResponse, KmsParts> = async (
  input,
  { call, store, parts },
) => {
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (spec !== 'SYMMETRIC_DEFAULT') throw unsupported(`Longshore does not implement keys of spec ${spec} yet.`);
  const usage = input.KeyUsage ?? 'ENCRYPT_DECRYPT';
  if (usage !== 'ENCRYPT_DECRYPT') throw unsupported(`Longshore does not implement keys for ${usage} yet.`);
  if (input.MultiRegion) throw unsupported('Longshore does not implement multi-Region keys yet.');
  const origin = input.Origin ?? 'AWS_KMS';
  if (origin !== 'AWS_KMS') throw unsupported(`Longshore does not implement keys of origin ${origin} yet.`);
  const policy = checkedPolicy(input.Policy);
  const tags = mergedTags([], input.Tags ?? []);
  return store.update((tx, env) => {
    const key = createKeyRecord(tx, env, parts, call, {
      ...(input.Description !== undefined && { description: input.Description }),
      ...(policy !== undefined && { policy }),
      tags,
    });
    return { KeyMetadata: showKey(key) };
  });
};
