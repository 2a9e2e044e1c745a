/** The manifest of Amazon ECS: what is built of it, and the tables and reconcilers behind. */
import type { Service } from '../../aws/service.ts';
import type { EcsParts } from './parts.ts';
import {
  capacityByInstance,
  clientTokensByTime,
  revisionsByStatus,
  stoppedTasksByTime,
  taskCountsByCluster,
  usageByInstance,
} from './projections.ts';
import {
  accountSettings,
  clientTokens,
  clusters,
  containerInstances,
  families,
  taskDefinitions,
  tasks,
} from './tables.ts';

export function ecsService(parts: EcsParts): Service<EcsParts> {
  return {
    name: 'ecs',
    model: async () => (await import('../../aws/models/ecs.gen.ts')).model,
    // By AWS's name, in alphabetical order.
    operations: {},
    tables: [accountSettings, clientTokens, clusters, containerInstances, families, taskDefinitions, tasks],
    projections: [
      capacityByInstance,
      clientTokensByTime,
      revisionsByStatus,
      stoppedTasksByTime,
      taskCountsByCluster,
      usageByInstance,
    ],
    reconcilers: [],
    parts,
    sockets: {},
  };
}
