import type { Store } from '../../store/store.ts';
import type { Docker } from '../../world/docker.ts';
import type { Firewall } from '../../world/firewall.ts';
import type { Clock, Disk, Log, Timer } from '../../world/world.ts';
import type { SecurityGroup, SecurityGroupsMessage } from '../contract.ts';
import { addressOf, agentLabel } from '../docker-config.ts';
import { StepError } from '../engine-error.ts';
import { firewallScript, type GuardedTask, removalScript } from './firewall-rules.ts';
import { agentTasks, type TaskRecord } from '../state.ts';

/** What passes to and from the awsvpc tasks of this agent, as the control plane says. */
export interface SecurityGroups {
  take(message: SecurityGroupsMessage): void;
  /** Resolves when nothing reaches the task, and the task nobody, but as its groups allow. */
  guard(task: TaskRecord): Promise<void>;
  /** The rules stay: so do the tasks. */
  stop(): void;
}

export interface SecurityGroupsParts {
  readonly firewall: Firewall | undefined;
  /** Whoever runs the agent may want none of it. */
  readonly isWanted: boolean;
  readonly docker: Pick<Docker, 'listContainers'>;
  readonly disk: Pick<Disk, 'read'>;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly agentId: string;
  readonly lookEveryMs: number;
}

/** Where packets cannot be filtered here, everything passes, and the log says so once. */
export async function createSecurityGroups(parts: SecurityGroupsParts): Promise<SecurityGroups> {
  const { firewall, log } = parts;
  const unguarded = { take: () => undefined, guard: () => Promise.resolve(), stop: () => undefined };
  if (!parts.isWanted) {
    // An agent that was started otherwise left its table to its tasks.
    await firewall?.apply(`${removalScript(tableName(parts.agentId)).join('\n')}\n`).catch((error: unknown) => {
      log.warn('there may be rules of security groups left from before', { reason: messageOf(error) });
    });
    log.info('security groups are not enforced, as was asked for');
    return unguarded;
  }
  try {
    if (!firewall) throw new Error('the container engine is on another machine, or this is not Linux');
    await firewall.check();
    return new FirewallKeeper({ ...parts, firewall, nameServers: await nameServersOf(parts.disk) });
  } catch (error) {
    log.warn('security groups are not enforced: awsvpc tasks are reached by all and reach everything', {
      reason: error instanceof Error ? error.message : String(error),
    });
    return unguarded;
  }
}

const tableName = (agentId: string): string => `longshore-${agentId}`;
const retryAfterMs = 1000;
const toldWithinMs = 30_000;

type FirewallKeeperParts = SecurityGroupsParts & {
  readonly firewall: Firewall;
  readonly nameServers: readonly string[];
};

/**
 * Keeps one table of the machine's packet filter in step with the tasks of this agent and their groups. The table is
 * always replaced whole and in one step, so there is no moment without rules, and it stays where this process ends: the
 * next one takes it over when the control plane has told it the groups.
 */
class FirewallKeeper implements SecurityGroups {
  readonly #parts: FirewallKeeperParts;
  readonly #tasks = new Map<string, GuardedTask>();
  #groups = new Map<string, SecurityGroup>();
  #members = new Map<string, Set<string>>();
  readonly #stopWatch: () => void;
  #isTold = false;
  /** Tasks that wait until their groups are known look again. */
  readonly #waiting = new Set<() => void>();
  /** What is being written, and what will be after it: whoever changes something waits for the latter. */
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #retry: Timer | undefined;
  /** Empty where there is no table. */
  #written = '';
  /** The agent of before may have left one. */
  #mayHaveTable = true;
  #isStopped = false;
  #look: Timer;
  /** Tables that had no agent's container behind them at the last look. */
  #orphans: ReadonlySet<string> = new Set();

  constructor(parts: FirewallKeeperParts) {
    this.#parts = parts;
    const { store } = parts;
    for (const task of store.view((reader) => [...reader.find(agentTasks, 'remains', 'left')]))
      this.#note(task.arn, task);
    this.#look = parts.clock.after(0, () => void this.#lookAround());
    this.#stopWatch = store.watch(agentTasks, (arn) => {
      if (
        this.#note(
          arn,
          store.view((reader) => reader.get(agentTasks, arn)),
        )
      )
        this.#writeSoon();
    });
    this.#writeSoon();
  }

  take({ sequence, groups, members }: SecurityGroupsMessage): void {
    if (sequence === 1) {
      this.#groups = new Map();
      this.#members = new Map();
    }
    for (const group of groups) this.#groups.set(group.groupId, group);
    for (const { groupId, added, removed } of members) {
      const known = this.#members.get(groupId) ?? new Set();
      this.#members.set(groupId, known);
      for (const address of removed) known.delete(address);
      for (const address of added) known.add(address);
    }
    this.#isTold = true;
    for (const lookAgain of this.#waiting) lookAgain();
    this.#writeSoon();
  }

  async guard(task: TaskRecord): Promise<void> {
    this.#note(task.arn, task);
    const guarded = this.#tasks.get(task.arn);
    if (!guarded) return;
    await this.#toldInTime(guarded);
    try {
      await this.#write();
    } catch (error) {
      throw new StepError(
        `ResourceInitializationError: the security groups of the task cannot be enforced: ${messageOf(error)}`,
      );
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopWatch();
    this.#retry?.cancel();
    this.#look.cancel();
  }

  /**
   * Writes the table again where somebody removed it, and removes those of agents that were killed: nobody will come back
   * for a table without one container behind it. One look is not enough, as a table is made before the first container.
   */
  async #lookAround(): Promise<void> {
    const { firewall, docker, agentId, log } = this.#parts;
    try {
      const tables = await firewall.tables();
      if (this.#written !== '' && !tables.includes(tableName(agentId))) {
        this.#written = '';
        this.#writeSoon();
      }
      const orphans = new Set<string>();
      for (const table of tables) {
        const owner = /^longshore-(.+)$/.exec(table)?.[1];
        if (owner === undefined || owner === agentId) continue;
        if ((await docker.listContainers([`${agentLabel}=${owner}`])).length > 0) continue;
        if (this.#orphans.has(table)) await firewall.apply(`${removalScript(table).join('\n')}\n`);
        else orphans.add(table);
      }
      this.#orphans = orphans;
    } catch (error) {
      log.warn('the tables of the packet filter cannot be looked at', { reason: messageOf(error) });
    }
    if (!this.#isStopped) this.#look = this.#parts.clock.after(this.#parts.lookEveryMs, () => void this.#lookAround());
  }

  /** Whether that changes anything. */
  #note(arn: string, task: TaskRecord | undefined): boolean {
    const address = task && addressOf(task.payload);
    const securityGroupIds = task?.payload.longshore?.securityGroupIds;
    if (address === undefined || securityGroupIds === undefined || task?.stoppedAt !== undefined) {
      return this.#tasks.delete(arn);
    }
    if (this.#tasks.has(arn)) return false; // neither changes while a task lives
    this.#tasks.set(arn, { address, securityGroupIds });
    return true;
  }

  /** Where the control plane has told of other groups only, what tells of these is on its way or got lost and comes again. */
  async #toldInTime({ securityGroupIds }: GuardedTask): Promise<void> {
    const isTold = (): boolean => securityGroupIds.every((groupId) => this.#groups.has(groupId));
    if (isTold()) return;
    const stop = new AbortController();
    const lookAgain = (): void => {
      if (isTold()) stop.abort();
    };
    this.#waiting.add(lookAgain);
    await this.#parts.clock.sleep(toldWithinMs, stop.signal);
    this.#waiting.delete(lookAgain);
    if (!isTold()) {
      throw new StepError(
        'ResourceInitializationError: the control plane has not said what the security groups of the task allow',
      );
    }
  }

  /** Before anything is told, the table of the agent of before is right for its tasks; without tasks it is of no use. */
  #writeSoon(): void {
    if (this.#isStopped || (!this.#isTold && this.#tasks.size > 0)) return;
    this.#write().catch((error: unknown) => {
      this.#parts.log.error('the rules of security groups were not taken, trying again', { reason: messageOf(error) });
      this.#retry?.cancel();
      this.#retry = this.#parts.clock.after(retryAfterMs, () => this.#writeSoon());
    });
  }

  /** Resolves when all that is known now is in force. */
  #write(): Promise<void> {
    this.#next ??= this.#afterPresent();
    return this.#next;
  }

  async #afterPresent(): Promise<void> {
    // A failure of the present one is its own callers'. After it, what changed at the same moment is one replacement.
    await this.#writing?.catch(() => undefined);
    await new Promise<void>((resolve) => this.#parts.clock.soon(resolve));
    const writing = this.#replace();
    this.#writing = writing;
    this.#next = undefined;
    await writing;
  }

  async #replace(): Promise<void> {
    const { firewall, agentId, nameServers } = this.#parts;
    const table = tableName(agentId);
    if (this.#tasks.size === 0) {
      if (!this.#mayHaveTable) return;
      await firewall.apply(`${removalScript(table).join('\n')}\n`);
      this.#mayHaveTable = false;
      this.#written = '';
      return;
    }
    this.#mayHaveTable = true;
    const script = firewallScript(table, {
      tasks: this.#tasks.values(),
      groups: this.#groups,
      members: this.#members,
      nameServers,
    });
    if (script === this.#written) return;
    await firewall.apply(script);
    this.#written = script;
  }
}

async function nameServersOf(disk: Pick<Disk, 'read'>): Promise<readonly string[]> {
  const text = new TextDecoder().decode((await disk.read('/etc/resolv.conf')) ?? new Uint8Array());
  return [
    ...new Set([...text.matchAll(/^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)].map(([, address = '']) => address)),
  ];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
