import type { GenerateRandomRequest, GenerateRandomResponse } from '@aws-sdk/client-kms';
import type { Operation } from '../../../aws/operation.ts';
import { validation } from '../errors.ts';
import type { KmsParts } from '../parts.ts';

export const generateRandom: Operation<GenerateRandomRequest, GenerateRandomResponse, KmsParts> = (
  input,
  { parts },
) => {
  const count = input.NumberOfBytes ?? 0;
  if (count < 1 || count > 1024) throw validation('NumberOfBytes must be between 1 and 1024.');
  return { Plaintext: parts.random.bytes(count) };
};
