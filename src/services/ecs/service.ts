/** The manifest of Amazon ECS: what is built of it, and the tables and reconcilers behind. */
import type { Service } from '../../aws/service.ts';
import { agentSockets } from './agents/sockets.ts';
import { deregisterContainerInstance } from './operations/deregister-container-instance.ts';
import { describeContainerInstances } from './operations/describe-container-instances.ts';
import { discoverPollEndpoint } from './operations/discover-poll-endpoint.ts';
import { listContainerInstances } from './operations/list-container-instances.ts';
import { registerContainerInstance } from './operations/register-container-instance.ts';
import { submitAttachmentStateChanges } from './operations/submit-attachment-state-changes.ts';
import { submitContainerStateChange } from './operations/submit-container-state-change.ts';
import { submitTaskStateChange } from './operations/submit-task-state-change.ts';
import { updateContainerAgent } from './operations/update-container-agent.ts';
import { updateContainerInstancesState } from './operations/update-container-instances-state.ts';
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
    operations: {
      DeregisterContainerInstance: deregisterContainerInstance,
      DescribeContainerInstances: describeContainerInstances,
      DiscoverPollEndpoint: discoverPollEndpoint,
      ListContainerInstances: listContainerInstances,
      RegisterContainerInstance: registerContainerInstance,
      SubmitAttachmentStateChanges: submitAttachmentStateChanges,
      SubmitContainerStateChange: submitContainerStateChange,
      SubmitTaskStateChange: submitTaskStateChange,
      UpdateContainerAgent: updateContainerAgent,
      UpdateContainerInstancesState: updateContainerInstancesState,
    },
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
    sockets: agentSockets,
  };
}
