import type { GenerateDataKeyRequest, GenerateDataKeyResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { newDataKey } from '../data-key.ts';
import type { KmsParts } from '../parts.ts';

export const generateDataKey: Operation<GenerateDataKeyRequest, GenerateDataKeyResponse, KmsParts> = (
  input,
  { call, store, parts },
) => store.view((reader) => newDataKey(reader, parts, call, input));
