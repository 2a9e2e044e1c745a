import { assert } from '../../core/assert.ts';
import type { Store } from '../../store/store.ts';
import type { Clock, Log, Random } from '../../world/world.ts';
import type { Attribute, Resource } from '../capabilities.ts';
import type { Backend } from '../contract.ts';
import { type AgentIdentity, identities } from '../state.ts';

export interface Registration {
  readonly cluster: string;
  readonly attributes: readonly Attribute[];
  /** Attributes of the operator, given with the first registration only: later they are changed by the API. */
  readonly ownAttributes: readonly Attribute[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly resources: readonly Resource[];
  readonly gpuIds: readonly string[];
}

/**
 * Registers, again under the ARN it had when there is one, and keeps the ARN. Tries for ever while nobody answers;
 * undefined when `signal` aborts first.
 */
export async function register(
  parts: { store: Store; backend: Backend; clock: Clock; random: Random; log: Log },
  wanted: Registration,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { store, backend, clock, random, log } = parts;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const identity = store.view((reader) => reader.get(identities, 'agent'));
    assert(identity, 'an agent knows who it is before it registers');
    const saved = identity.containerInstanceArn;
    try {
      const answer = await backend.call('ecs', 'RegisterContainerInstance', inputOf(wanted, identity));
      const arn = arnIn(answer);
      if (arn === undefined) throw new Error('RegisterContainerInstance answered without a containerInstanceArn');
      await keep(store, arn);
      return arn;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason.includes('Cluster not found.') && wanted.cluster === 'default') {
        await backend.call('ecs', 'CreateCluster', { clusterName: 'default' }).catch(() => undefined); // seen by the next try
      } else if (saved !== undefined && isRefusal(error)) {
        // The instance is unknown there or was deregistered: its tasks are stopped by the manifest of the new one.
        log.warn('the saved container instance is not accepted, registering a new one', { saved, reason });
        await keep(store, undefined);
        continue;
      } else {
        log.warn('not registered yet', { cluster: wanted.cluster, reason });
      }
    }
    await clock.sleep(Math.min(longestRetryMs, 250 * 2 ** attempt) * (0.8 + 0.4 * random.fraction()), signal);
  }
  return undefined;
}

const longestRetryMs = 10_000;

function inputOf(wanted: Registration, { agentId, containerInstanceArn: saved }: AgentIdentity): object {
  return {
    cluster: wanted.cluster,
    ...(saved === undefined ? {} : { containerInstanceArn: saved }),
    attributes: saved === undefined ? [...wanted.attributes, ...wanted.ownAttributes] : wanted.attributes,
    ...(wanted.tags.length > 0 ? { tags: wanted.tags } : {}),
    totalResources: wanted.resources,
    ...(wanted.gpuIds.length > 0 ? { platformDevices: wanted.gpuIds.map((id) => ({ id, type: 'GPU' })) } : {}),
    // A machine of one's own has no identity document.
    instanceIdentityDocument: '',
    instanceIdentityDocumentSignature: '',
    // The same for as long as this agent lives: an answer that was lost, or not yet written down, makes no second instance.
    clientToken: agentId,
  };
}

function arnIn(answer: Readonly<Record<string, unknown>>): string | undefined {
  const instance = answer['containerInstance'];
  if (typeof instance !== 'object' || instance === null || !('containerInstanceArn' in instance)) return undefined;
  return typeof instance.containerInstanceArn === 'string' ? instance.containerInstanceArn : undefined;
}

async function keep(store: Store, arn: string | undefined): Promise<void> {
  await store.update((tx) => {
    const identity = tx.get(identities, 'agent');
    if (!identity) return;
    const { containerInstanceArn: _before, ...rest } = identity;
    // Sequence numbers count per container instance.
    const highestSeqNum = arn === undefined ? 0 : rest.highestSeqNum;
    tx.put(identities, { ...rest, highestSeqNum, ...(arn === undefined ? {} : { containerInstanceArn: arn }) });
  });
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ClientException' || error.code === 'InvalidParameterException')
  );
}
