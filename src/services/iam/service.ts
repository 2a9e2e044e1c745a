/** The manifest of IAM: who there is, and what policies say of them. */
import type { Service } from '../../aws/service.ts';
import { iamOperations } from './operations.ts';
import { iamPermissions } from './permissions.ts';
import {
  accessKeys,
  accountAliases,
  groups,
  instanceProfiles,
  oidcProviders,
  policies,
  roles,
  users,
} from './tables.ts';

export const iam: Service = {
  name: 'iam',
  model: async () => (await import('../../aws/models/iam.gen.ts')).model,
  operations: iamOperations,
  permissions: iamPermissions,
  tables: [accessKeys, accountAliases, groups, instanceProfiles, oidcProviders, policies, roles, users],
  projections: [],
  reconcilers: [],
  parts: undefined,
  sockets: {},
};
