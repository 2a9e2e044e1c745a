/** The manifest of Amazon ECS: what is built of it, and the tables and reconcilers behind. */
import type { Service } from '../../aws/service.ts';
import { withAgentMembers } from './agents/agent-model.ts';
import { agentSockets } from './agents/sockets.ts';
import { continueServiceDeployment } from './operations/continue-service-deployment.ts';
import { createCluster } from './operations/create-cluster.ts';
import { createService } from './operations/create-service.ts';
import { createTaskSet } from './operations/create-task-set.ts';
import { deleteAccountSetting } from './operations/delete-account-setting.ts';
import { deleteAttributes } from './operations/delete-attributes.ts';
import { deleteCluster } from './operations/delete-cluster.ts';
import { deleteService } from './operations/delete-service.ts';
import { deleteTaskSet } from './operations/delete-task-set.ts';
import { deleteTaskDefinitions } from './operations/delete-task-definitions.ts';
import { deregisterContainerInstance } from './operations/deregister-container-instance.ts';
import { deregisterTaskDefinition } from './operations/deregister-task-definition.ts';
import { describeCapacityProviders } from './operations/describe-capacity-providers.ts';
import { describeClusters } from './operations/describe-clusters.ts';
import { describeContainerInstances } from './operations/describe-container-instances.ts';
import { describeServiceDeployments } from './operations/describe-service-deployments.ts';
import { describeServiceRevisions } from './operations/describe-service-revisions.ts';
import { describeServices } from './operations/describe-services.ts';
import { describeTaskDefinition } from './operations/describe-task-definition.ts';
import { describeTaskSets } from './operations/describe-task-sets.ts';
import { describeTasks } from './operations/describe-tasks.ts';
import { discoverPollEndpoint } from './operations/discover-poll-endpoint.ts';
import { getTaskProtection } from './operations/get-task-protection.ts';
import { listAccountSettings } from './operations/list-account-settings.ts';
import { listAttributes } from './operations/list-attributes.ts';
import { listClusters } from './operations/list-clusters.ts';
import { listContainerInstances } from './operations/list-container-instances.ts';
import { listServiceDeployments } from './operations/list-service-deployments.ts';
import { listServicesByNamespace } from './operations/list-services-by-namespace.ts';
import { listServices } from './operations/list-services.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { listTaskDefinitionFamilies } from './operations/list-task-definition-families.ts';
import { listTaskDefinitions } from './operations/list-task-definitions.ts';
import { listTasks } from './operations/list-tasks.ts';
import { putAccountSettingDefault } from './operations/put-account-setting-default.ts';
import { putAccountSetting } from './operations/put-account-setting.ts';
import { putAttributes } from './operations/put-attributes.ts';
import { putClusterCapacityProviders } from './operations/put-cluster-capacity-providers.ts';
import { registerContainerInstance } from './operations/register-container-instance.ts';
import { registerTaskDefinition } from './operations/register-task-definition.ts';
import { runTask } from './operations/run-task.ts';
import { startTask } from './operations/start-task.ts';
import { stopServiceDeployment } from './operations/stop-service-deployment.ts';
import { stopTask } from './operations/stop-task.ts';
import { submitAttachmentStateChanges } from './operations/submit-attachment-state-changes.ts';
import { submitContainerStateChange } from './operations/submit-container-state-change.ts';
import { submitTaskStateChange } from './operations/submit-task-state-change.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { updateClusterSettings } from './operations/update-cluster-settings.ts';
import { updateCluster } from './operations/update-cluster.ts';
import { updateContainerAgent } from './operations/update-container-agent.ts';
import { updateContainerInstancesState } from './operations/update-container-instances-state.ts';
import { updateServicePrimaryTaskSet } from './operations/update-service-primary-task-set.ts';
import { updateService } from './operations/update-service.ts';
import { updateTaskProtection } from './operations/update-task-protection.ts';
import { updateTaskSet } from './operations/update-task-set.ts';
import { assignments } from './reconcilers/assignments.ts';
import { usedClientTokens } from './reconcilers/client-tokens.ts';
import { deletedClusters } from './reconcilers/deleted-clusters.ts';
import { deletedTaskDefinitions } from './reconcilers/deleted-task-definitions.ts';
import { deploymentStages } from './reconcilers/deployment-stages.ts';
import { deregisteredInstances } from './reconcilers/deregistered-instances.ts';
import { drainedServices } from './reconcilers/drained-services.ts';
import { inactiveServices } from './reconcilers/inactive-services.ts';
import { outboxRoom } from './reconcilers/outbox-room.ts';
import { readyInterfaces } from './reconcilers/ready-interfaces.ts';
import { serviceTasks } from './reconcilers/service-tasks.ts';
import { overdueTasks } from './reconcilers/overdue-tasks.ts';
import { stoppedTasksAfter } from './reconcilers/stopped-tasks.ts';
import { serviceTaskSets } from './reconcilers/task-sets.ts';
import { outboxEnd, outboxTables } from './outbox-tables.ts';
import { outboxEvents } from './outbox.ts';
import type { EcsParts } from './parts.ts';
import { ecsPermissions } from './permissions.ts';
import { instancesOfChangedTasks, placementIndex } from './placement-index.ts';
import {
  activeTasksByDefinition,
  activeTasksByProvider,
  capacityByInstance,
  clientTokensByTime,
  deletedClustersByTime,
  deregisteredInstancesByTime,
  revisionsByStatus,
  overdueTasksByTime,
  stoppedTasksByTime,
  taskCountsByCluster,
  usageByInstance,
} from './projections.ts';
import {
  activeZones,
  drainingInstances,
  inactiveServicesByTime,
  serviceCountsByCluster,
  serviceDeploymentsByTime,
  taskCountsOfServices,
  zonesOfServices,
} from './service-projections.ts';
import { taskLedgers } from './task-ledger.ts';
import {
  deployments,
  serviceDeployments,
  serviceEvents,
  serviceRevisions,
  services,
  taskSets,
  trafficReports,
} from './service-tables.ts';
import {
  accountSettings,
  clientTokens,
  clusters,
  containerInstances,
  families,
  subnetUses,
  taskDefinitions,
  tasks,
} from './tables.ts';

export function ecsService(parts: EcsParts): Service<EcsParts> {
  return {
    name: 'ecs',
    model: async () => withAgentMembers((await import('../../aws/models/ecs.gen.ts')).model),
    // By AWS's name, in alphabetical order.
    operations: {
      ContinueServiceDeployment: continueServiceDeployment,
      CreateCluster: createCluster,
      CreateService: createService,
      CreateTaskSet: createTaskSet,
      DeleteAccountSetting: deleteAccountSetting,
      DeleteAttributes: deleteAttributes,
      DeleteCluster: deleteCluster,
      DeleteService: deleteService,
      DeleteTaskDefinitions: deleteTaskDefinitions,
      DeleteTaskSet: deleteTaskSet,
      DeregisterContainerInstance: deregisterContainerInstance,
      DeregisterTaskDefinition: deregisterTaskDefinition,
      DescribeCapacityProviders: describeCapacityProviders,
      DescribeClusters: describeClusters,
      DescribeContainerInstances: describeContainerInstances,
      DescribeServiceDeployments: describeServiceDeployments,
      DescribeServiceRevisions: describeServiceRevisions,
      DescribeServices: describeServices,
      DescribeTaskDefinition: describeTaskDefinition,
      DescribeTaskSets: describeTaskSets,
      DescribeTasks: describeTasks,
      DiscoverPollEndpoint: discoverPollEndpoint,
      GetTaskProtection: getTaskProtection,
      ListAccountSettings: listAccountSettings,
      ListAttributes: listAttributes,
      ListClusters: listClusters,
      ListContainerInstances: listContainerInstances,
      ListServiceDeployments: listServiceDeployments,
      ListServices: listServices,
      ListServicesByNamespace: listServicesByNamespace,
      ListTagsForResource: listTagsForResource,
      ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
      ListTaskDefinitions: listTaskDefinitions,
      ListTasks: listTasks,
      PutAccountSetting: putAccountSetting,
      PutAccountSettingDefault: putAccountSettingDefault,
      PutAttributes: putAttributes,
      PutClusterCapacityProviders: putClusterCapacityProviders,
      RegisterContainerInstance: registerContainerInstance,
      RegisterTaskDefinition: registerTaskDefinition,
      RunTask: runTask,
      StartTask: startTask,
      StopServiceDeployment: stopServiceDeployment,
      StopTask: stopTask,
      SubmitAttachmentStateChanges: submitAttachmentStateChanges,
      SubmitContainerStateChange: submitContainerStateChange,
      SubmitTaskStateChange: submitTaskStateChange,
      TagResource: tagResource,
      UntagResource: untagResource,
      UpdateCluster: updateCluster,
      UpdateClusterSettings: updateClusterSettings,
      UpdateContainerAgent: updateContainerAgent,
      UpdateContainerInstancesState: updateContainerInstancesState,
      UpdateService: updateService,
      UpdateServicePrimaryTaskSet: updateServicePrimaryTaskSet,
      UpdateTaskProtection: updateTaskProtection,
      UpdateTaskSet: updateTaskSet,
    },
    permissions: ecsPermissions,
    tables: [
      accountSettings,
      clientTokens,
      clusters,
      containerInstances,
      deployments,
      families,
      ...outboxTables,
      serviceDeployments,
      serviceEvents,
      serviceRevisions,
      services,
      subnetUses,
      taskDefinitions,
      taskSets,
      tasks,
      trafficReports,
    ],
    projections: [
      activeTasksByDefinition,
      activeTasksByProvider,
      capacityByInstance,
      clientTokensByTime,
      deletedClustersByTime,
      deregisteredInstancesByTime,
      activeZones,
      drainingInstances,
      instancesOfChangedTasks,
      placementIndex,
      inactiveServicesByTime,
      outboxEnd,
      overdueTasksByTime,
      revisionsByStatus,
      serviceCountsByCluster,
      serviceDeploymentsByTime,
      stoppedTasksByTime,
      taskCountsByCluster,
      taskCountsOfServices,
      taskLedgers,
      usageByInstance,
      zonesOfServices,
    ],
    derivations: [outboxEvents(parts.wantsEvent)],
    reconcilers: [
      assignments,
      deletedClusters,
      deletedTaskDefinitions,
      deploymentStages({ healthyAfterMs: parts.healthyAfterMs }),
      deregisteredInstances,
      drainedServices,
      inactiveServices,
      outboxRoom,
      readyInterfaces,
      serviceTaskSets({ healthyAfterMs: parts.healthyAfterMs }),
      serviceTasks({ healthyAfterMs: parts.healthyAfterMs }),
      overdueTasks,
      stoppedTasksAfter(parts.stoppedTaskMs),
      usedClientTokens,
    ],
    parts,
    sockets: agentSockets,
  };
}
