import type { Service } from '../../aws/service.ts';
import { getCallerIdentity } from './operations/get-caller-identity.ts';

export const sts: Service = {
  name: 'sts',
  model: async () => (await import('../../aws/models/sts.gen.ts')).model,
  operations: {
    GetCallerIdentity: getCallerIdentity,
  },
  tables: [],
  projections: [],
  reconcilers: [],
  parts: undefined,
  sockets: {},
};
