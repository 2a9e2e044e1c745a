/** The manifest of ECR Public: a token, and nothing behind it. Public images are pulled without one. */
import type { Service } from '../../aws/service.ts';
import type { Hash } from '../../world/world.ts';
import { getAuthorizationToken } from './operations/get-authorization-token.ts';

/** What ECR Public has besides the store; app/compose.ts gives it. */
export interface EcrPublicParts {
  readonly hash: Hash;
}

export function ecrPublicService(parts: EcrPublicParts): Service<EcrPublicParts> {
  return {
    name: 'ecr-public',
    model: async () => (await import('../../aws/models/ecr-public.gen.ts')).model,
    operations: { GetAuthorizationToken: getAuthorizationToken },
    tables: [],
    projections: [],
    reconcilers: [],
    parts,
    sockets: {},
  };
}
