import type {
  GenerateDataKeyWithoutPlaintextRequest,
  GenerateDataKeyWithoutPlaintextResponse,
} from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { newDataKey } from '../data-key.ts';
import type { KmsParts } from '../parts.ts';

export const generateDataKeyWithoutPlaintext: Operation<
  GenerateDataKeyWithoutPlaintextRequest,
  GenerateDataKeyWithoutPlaintextResponse,
  KmsParts
> = (input, { call, store, parts }) => {
  const { KeyId, CiphertextBlob } = store.view((reader) => newDataKey(reader, parts, call, input));
  return { KeyId, CiphertextBlob };
};
