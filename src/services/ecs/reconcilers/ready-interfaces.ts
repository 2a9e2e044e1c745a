import type { Reconciler } from '../../../control/reconciler.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Reader } from '../../../store/store.ts';
import {
  holdInterface,
  networkInterfaces,
  type ReadyInterfaceView,
  readyInterfaces as held,
  readyInterfacesFor,
  releaseReadyInterface,
  roomForReadyInterfaces,
  subnets,
} from '../../ec2/public.ts';
import { type ContainerInstanceRecord, containerInstances, type SubnetUseRecord, subnetUses } from '../tables.ts';

/**
 * Keeps network interfaces ready for the tasks that an instance may be given next: as many as its agent wants, shared out
 * evenly between the subnets in which it had tasks within the last hour. One key is one instance's ARN.
 */
export const readyInterfaces: Reconciler = {
  name: 'ecs.ready-interfaces',
  wakes: [
    { table: containerInstances, keys: (reader, arn) => (concerns(reader, arn) ? [arn] : []) },
    { table: subnetUses, keys: (_reader, key) => [key.split(' ')[0] ?? ''] },
    { table: subnets, keys: holdersIn },
    {
      table: networkInterfaces,
      keys: (reader, id) => {
        const subnetId = reader.get(networkInterfaces, id)?.subnetId;
        return subnetId !== undefined && isCrowded(reader, subnetId) ? holdersIn(reader, subnetId) : [];
      },
    },
  ],
  all: (reader) =>
    new Set([
      ...[...reader.list(held)].map(({ holder }) => holder),
      ...[...reader.list(subnetUses)].map(({ containerInstanceArn }) => containerInstanceArn),
    ]),
  reconcile: (tx, env, arn) => {
    const instance = tx.get(containerInstances, arn);
    const wanted = wantedOf(instance);
    const uses = [...tx.find(subnetUses, 'instance', arn)];
    const lately = usedLately(tx, uses, wanted, env.now);
    const old = uses.filter(({ usedAt }) => wanted === 0 || usedAt + rememberMs <= env.now);
    for (const use of old.slice(0, forgottenAtOnce)) tx.delete(subnetUses, subnetUses.key(use)); // which wakes this again
    const present = readyInterfacesFor(tx, arn);
    const isQuiet = lately.every(({ usedAt }) => env.now - usedAt >= quietMs);
    for (const { networkInterfaceId } of surplusOf(tx, lately, wanted, present))
      releaseReadyInterface(tx, networkInterfaceId);
    if (!instance || lately.length === 0) return undefined;
    if (!isQuiet) return { afterMs: quietMs };
    for (const [index, { subnetId }] of lately.entries()) {
      const there = present.filter((one) => one.subnetId === subnetId).length;
      for (let count = there; count < shareOf(wanted, lately.length, index); count += 1) {
        if (tx.count(held, 'subnet', subnetId) >= roomForReadyInterfaces(tx, subnetId)) break;
        holdInterface(tx, env, {
          accountId: instance.accountId,
          region: instance.region,
          subnetId,
          holder: arn,
        });
      }
    }
    return { afterMs: Math.max(1, Math.min(...lately.map(({ usedAt }) => usedAt)) + rememberMs - env.now) };
  },
};

/** How many an instance is to have in all. */
function wantedOf(instance: ContainerInstanceRecord | undefined): number {
  return instance?.status === 'ACTIVE' ? (instance.readyInterfaces ?? 0) : 0;
}

/** Subnets that get at least one each: where they are more than that, those that were used last. */
function usedLately(
  reader: Reader,
  uses: readonly SubnetUseRecord[],
  wanted: number,
  now: Instant,
): readonly SubnetUseRecord[] {
  return uses
    .filter(({ usedAt, subnetId }) => usedAt + rememberMs > now && reader.get(subnets, subnetId) !== undefined)
    .sort((a, b) => b.usedAt - a.usedAt)
    .slice(0, wanted)
    .sort((a, b) => (a.subnetId < b.subnetId ? -1 : 1));
}

/** Of subnets without tasks, and the newest of those that have more than their share or than there is room for. */
function surplusOf(
  reader: Reader,
  lately: readonly SubnetUseRecord[],
  wanted: number,
  present: readonly ReadyInterfaceView[],
): readonly ReadyInterfaceView[] {
  const unused = present.filter(({ subnetId }) => lately.every((use) => use.subnetId !== subnetId));
  const tooMany = lately.flatMap(({ subnetId }, index) => {
    const own = present.filter((one) => one.subnetId === subnetId);
    const others = reader.count(held, 'subnet', subnetId) - own.length;
    const room = Math.max(0, roomForReadyInterfaces(reader, subnetId) - others);
    return own.slice(Math.min(room, shareOf(wanted, lately.length, index)));
  });
  return [...unused, ...tooMany];
}

function shareOf(wanted: number, subnetCount: number, index: number): number {
  return Math.floor(wanted / subnetCount) + (index < wanted % subnetCount ? 1 : 0);
}

function concerns(reader: Reader, arn: string): boolean {
  return reader.count(subnetUses, 'instance', arn) + reader.count(held, 'holder', arn) > 0;
}

function holdersIn(reader: Reader, subnetId: string): Iterable<string> {
  return new Set([...reader.find(held, 'subnet', subnetId)].map(({ holder }) => holder));
}

function isCrowded(reader: Reader, subnetId: string): boolean {
  const count = reader.count(held, 'subnet', subnetId);
  return count > 0 && count > roomForReadyInterfaces(reader, subnetId);
}

const rememberMs = 3600_000;
const forgottenAtOnce = 40;

/** A burst of tasks takes what there is; new ones are made when it is over. */
const quietMs = 500;
