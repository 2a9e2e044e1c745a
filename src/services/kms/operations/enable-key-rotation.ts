import type { EnableKeyRotationRequest } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import type { KmsParts } from '../parts.ts';
import { changeKey } from '../changing.ts';

export const enableKeyRotation: Operation<EnableKeyRotationRequest, void, KmsParts> = async (
  input,
  { call, store },
) => {
  await changeKey(store, call, input.KeyId, (key) => ({ ...key, rotationEnabled: true }));
};
