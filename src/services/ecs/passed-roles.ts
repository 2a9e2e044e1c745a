/** The roles that a request hands to ECS or to tasks: whoever hands them must be allowed to pass them. */
import type { CreateServiceRequest, TaskVolumeConfiguration } from '@aws-sdk/client-ecs';
import type { Parsed } from '../../aws/operation.ts';
import type { Permission } from '../../aws/permission.ts';
import { roleArnOf } from '../iam/public.ts';
import type { Asked } from './permission-resources.ts';
import { findTaskDefinition } from './references.ts';

/** One question for each role, so that the one that may not be passed is named. */
export function passedRoles(
  { call, reader }: Asked,
  references: readonly (string | undefined)[],
  service: 'ecs-tasks.amazonaws.com' | 'ecs.amazonaws.com',
): readonly Permission[] {
  const named = references.filter((reference) => reference !== undefined && reference !== '');
  const arns = new Set(named.map((reference) => roleArnOf(reader, call.accountId, reference ?? '')));
  return [...arns].map((arn) => ({
    action: 'iam:PassRole',
    resources: [arn],
    conditions: { 'iam:PassedToService': service },
  }));
}

/** None where there is no such definition: the operation says so itself. */
export function rolesOfDefinition({ call, reader }: Asked, reference: string): readonly (string | undefined)[] {
  const definition = findTaskDefinition(reader, call, reference)?.definition;
  return [definition?.taskRoleArn, definition?.executionRoleArn];
}

export function rolesOfVolumes(
  volumes: readonly Parsed<TaskVolumeConfiguration>[] | undefined,
): readonly (string | undefined)[] {
  return (volumes ?? []).map(({ managedEBSVolume }) => managedEBSVolume?.roleArn);
}

/** Besides those of its task definition. */
export function rolesOfService(
  input: Pick<
    Parsed<CreateServiceRequest>,
    | 'deploymentConfiguration'
    | 'loadBalancers'
    | 'serviceConnectConfiguration'
    | 'volumeConfigurations'
    | 'vpcLatticeConfigurations'
  >,
): readonly (string | undefined)[] {
  return [
    ...(input.volumeConfigurations ?? []).map(({ managedEBSVolume }) => managedEBSVolume?.roleArn),
    ...(input.deploymentConfiguration?.lifecycleHooks ?? []).map(({ roleArn }) => roleArn),
    ...(input.loadBalancers ?? []).map(({ advancedConfiguration }) => advancedConfiguration?.roleArn),
    ...(input.serviceConnectConfiguration?.services ?? []).map(({ tls }) => tls?.roleArn),
    ...(input.vpcLatticeConfigurations ?? []).map(({ roleArn }) => roleArn),
  ];
}
