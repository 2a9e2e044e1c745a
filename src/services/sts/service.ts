/** The manifest of STS: temporary keys, which nobody keeps (session-tokens.ts). */
import type { Service } from '../../aws/service.ts';
import { assumeRoleWithWebIdentity } from './operations/assume-role-with-web-identity.ts';
import { assumeRole } from './operations/assume-role.ts';
import { getAccessKeyInfo } from './operations/get-access-key-info.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';
import { getFederationToken } from './operations/get-federation-token.ts';
import { getSessionToken } from './operations/get-session-token.ts';
import type { StsParts } from './parts.ts';
import { stsPermissions } from './permissions.ts';
import { tokenKeys } from './tables.ts';

export function stsService(parts: StsParts): Service<StsParts> {
  return {
    name: 'sts',
    model: async () => (await import('../../aws/models/sts.gen.ts')).model,
    operations: {
      AssumeRole: assumeRole,
      AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
      GetAccessKeyInfo: getAccessKeyInfo,
      GetCallerIdentity: getCallerIdentity,
      GetFederationToken: getFederationToken,
      GetSessionToken: getSessionToken,
    },
    permissions: stsPermissions,
    unsigned: ['AssumeRoleWithWebIdentity'],
    tables: [tokenKeys],
    projections: [],
    reconcilers: [],
    parts,
    sockets: {},
    setUp: (tx, env) => {
      if (!tx.get(tokenKeys, 'current')) tx.put(tokenKeys, { name: 'current', secret: env.newId() + env.newId() });
    },
  };
}
