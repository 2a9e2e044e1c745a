import type { RegisterContainerInstanceRequest, RegisterContainerInstanceResponse } from '@aws-sdk/client-ecs';
import type { Call, Operation, Parsed } from '../../../aws/operation.ts';
import type { Env, Transaction } from '../../../store/store.ts';
import { accessDenied, clusterNotFound, invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { usageOf } from '../projections.ts';
import { clusterArnOf, ecsArn } from '../references.ts';
import { instanceView } from '../rules/instance-view.ts';
import { capacityKind, parseIdentity, registeredAttributes, typeChange } from '../rules/registration.ts';
import { type ClusterRecord, type ContainerInstanceRecord, clusters, containerInstances } from '../tables.ts';

/** Agents send a token that AWS's published model does not have; without it a repeated request makes two instances. */
export type RegisterContainerInstanceInput = RegisterContainerInstanceRequest & { clientToken?: string | undefined };

/**
 * Makes a container instance, or takes a known one (by its ARN, or by the token of an attempt whose answer was lost)
 * up again with its tasks. Whoever registers an instance is the one who may serve it.
 */
export const registerContainerInstance: Operation<
  RegisterContainerInstanceInput,
  RegisterContainerInstanceResponse,
  EcsParts
> = async (input, { call, store }) => {
  const containerInstance = await store.update((tx, env) => {
    const instance = register(tx, env, input, call);
    tx.put(containerInstances, instance);
    return { ...instanceView(instance, usageOf(tx, instance.arn)), tags: instance.tags };
  });
  return { containerInstance };
};

function register(
  tx: Transaction,
  env: Env,
  input: Parsed<RegisterContainerInstanceInput>,
  call: Call,
): ContainerInstanceRecord {
  const sent = input.attributes ?? [];
  const capacity = capacityKind(sent);
  if (capacity === 'FARGATE' && call.principal.arn !== `arn:aws:iam::${call.accountId}:root`) {
    // Tasks of every cluster run on the pool, with all their secrets: no instance's keys may offer to be it.
    throw accessDenied('Only the root user of the account may register the Fargate pool.');
  }
  const before = known(tx, input, call);
  if (before && before.registeredBy !== call.principal.arn) {
    throw accessDenied('Only the principal that registered a container instance may register it again.');
  }
  const clusterName = capacity === 'FARGATE' ? fargatePoolCluster : activeCluster(tx, call, input.cluster).name;
  const clusterArn = ecsArn(call, `cluster/${clusterName}`);
  if (before && before.clusterArn !== clusterArn) {
    throw invalidParameter('Identifiers must be in the same cluster as the request.');
  }
  const identity = parseIdentity(input.instanceIdentityDocument);
  const attributes = registeredAttributes(sent, identity, call.region, before?.attributes ?? []);
  const change = before && typeChange(before, capacity, attributes);
  if (change) throw invalidParameter(change);
  const gpus = (input.platformDevices ?? []).filter(({ type }) => type === 'GPU').map(({ id }) => id);
  const id = before?.id ?? env.newId();
  return {
    ...(before ?? {
      accountId: call.accountId,
      region: call.region,
      arn: ecsArn(call, `container-instance/${clusterName}/${id}`),
      id,
      clusterArn,
      capacity,
      ec2InstanceId: identity?.instanceId ?? `${capacity === 'EXTERNAL' ? 'mi' : 'i'}-${env.newId().slice(0, 17)}`,
      status: 'ACTIVE',
      agentConnected: false,
      agentConnectedChangedAt: env.now,
      versionInfo: {},
      registeredAt: env.now,
      version: 0,
      reservedSequence: 0,
      registeredBy: call.principal.arn,
      tags: input.tags ?? [],
    }),
    ...(input.versionInfo ? { versionInfo: input.versionInfo } : {}),
    ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
    registeredResources: [
      ...(input.totalResources ?? []),
      ...(gpus.length > 0 ? [{ name: 'GPU', type: 'STRINGSET', stringSetValue: gpus }] : []),
    ],
    attributes,
  };
}

/** A deleted cluster is one that is not there: these are the words on which an agent creates its cluster anew. */
function activeCluster(tx: Transaction, call: Call, reference: string | undefined): ClusterRecord {
  const cluster = tx.get(clusters, clusterArnOf(call, reference));
  if (cluster?.status !== 'ACTIVE') throw clusterNotFound();
  return cluster;
}

/** No cluster can be called this, so no request can name the instances of the pool. */
const fargatePoolCluster = '~fargate-pool';

function known(
  tx: Transaction,
  input: Parsed<RegisterContainerInstanceInput>,
  call: Call,
): ContainerInstanceRecord | undefined {
  if (input.containerInstanceArn !== undefined) {
    const instance = tx.get(containerInstances, input.containerInstanceArn);
    if (instance?.accountId !== call.accountId || instance.region !== call.region) {
      throw invalidParameter(`The referenced container instance ${input.containerInstanceArn} was not found.`);
    }
    // AWS takes a deregistered instance up again only as a new one.
    if (instance.status === 'INACTIVE') throw invalidParameter('The referenced container instance is inactive.');
    return instance;
  }
  if (input.clientToken === undefined) return undefined;
  for (const instance of tx.find(containerInstances, 'clientToken', input.clientToken)) {
    if (instance.accountId === call.accountId && instance.region === call.region && instance.status !== 'INACTIVE') {
      return instance;
    }
  }
  return undefined;
}
