import type { CreateTaskSetRequest, CreateTaskSetResponse } from '@aws-sdk/client-ecs';
import type { Call, Operation, Parsed } from '../../../aws/operation.ts';
import type { Reader } from '../../../store/store.ts';
import { invalidParameter, notBuilt, throwFirst } from '../errors.ts';
import { capacityOfRequest } from '../launch-capacity.ts';
import type { EcsParts } from '../parts.ts';
import { limits } from '../rules/limits.ts';
import { keptTags, tagRefusals } from '../rules/tags.ts';
import { keptScale, scaleRefusals } from '../rules/task-set-scale.ts';
import { checkedSettings, keptNetwork } from '../service-request.ts';
import { type RevisionSettings, type TaskSetRecord, taskSets } from '../service-tables.ts';
import { showTaskSet } from '../service-view.ts';
import { runnableDefinition } from '../task-launch.ts';
import { findTaskSetOwner, type TaskSetOwner } from '../task-set-reference.ts';
import { putTaskSet } from '../task-set-start.ts';

/** Starts a set of tasks of a service whose deployments somebody else controls. It serves nobody until it is PRIMARY. */
export const createTaskSet: Operation<CreateTaskSetRequest, CreateTaskSetResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  checkInput(input);
  return await store.update((tx, env) => {
    const owner = findTaskSetOwner(tx, call, input);
    const { service } = owner;
    const present = [...tx.find(taskSets, 'service', service.arn)];
    const repeated = input.clientToken && present.find(({ clientToken }) => clientToken === input.clientToken);
    if (repeated) return { taskSet: showTaskSet(tx, service, repeated, { tags: true }) };
    if (present.length >= limits.taskSetsPerService) {
      throw invalidParameter(
        `${present.length} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.`,
      );
    }
    const { externalId, clientToken } = input;
    const taskSet: TaskSetRecord = putTaskSet(tx, env, service, {
      settings: settingsOf(tx, call, input, owner),
      // A task set that names no scale is to have no tasks yet.
      scale: keptScale(input.scale ?? {}),
      status: 'ACTIVE',
      tags: keptTags(input.tags),
      ...(externalId !== undefined && { externalId }),
      ...(clientToken !== undefined && { clientToken }),
    });
    return { taskSet: showTaskSet(tx, service, taskSet, { tags: true }) };
  });
};

function checkInput(input: Parsed<CreateTaskSetRequest>): void {
  const { clientToken } = input;
  if (clientToken !== undefined && !/^[\x21-\x7e]{1,36}$/.test(clientToken)) {
    throw invalidParameter('clientToken can have at most 36 characters, in the ASCII range of 33 to 126.');
  }
  if (input.scale) throwFirst(scaleRefusals(input.scale));
  throwFirst(tagRefusals(input.tags));
  if (input.loadBalancers?.length) throw notBuilt('loadBalancers of task sets');
  if (input.serviceRegistries?.length) throw notBuilt('serviceRegistries of task sets');
}

/** Throws what RunTask would say to a task of the task set. */
function settingsOf(
  reader: Reader,
  call: Call,
  input: Parsed<CreateTaskSetRequest>,
  { cluster, service }: TaskSetOwner,
): RevisionSettings {
  const definition = runnableDefinition(reader, call, input.taskDefinition);
  const { launchType, strategy } = capacityOfRequest(input, cluster);
  const { platformVersion } = input;
  return checkedSettings(
    reader,
    call,
    {
      taskDefinitionArn: definition.arn,
      ...(strategy.length > 0 ? { capacityProviderStrategy: strategy } : { launchType }),
      ...(platformVersion !== undefined && { platformVersion }),
      ...keptNetwork(input.networkConfiguration),
      loadBalancers: [],
      serviceRegistries: [],
      volumeConfigurations: [],
    },
    { cluster, definition, placementConstraints: service.placementConstraints },
  );
}
