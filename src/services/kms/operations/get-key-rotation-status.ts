import type { GetKeyRotationStatusRequest, GetKeyRotationStatusResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import type { KmsParts } from '../parts.ts';
import { keyNamed } from '../references.ts';

export const getKeyRotationStatus: Operation<GetKeyRotationStatusRequest, GetKeyRotationStatusResponse, KmsParts> = (
  input,
  { call, store },
) => ({ KeyRotationEnabled: store.view((reader) => keyNamed(reader, call, input.KeyId)).rotationEnabled });
