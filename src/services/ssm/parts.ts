import type { KmsParts } from '../kms/public.ts';

/** What the Parameter Store has besides the store; app/compose.ts gives it. */
export interface SsmParts {
  readonly kms: KmsParts;
}
