import type { SecurityGroup, SecurityGroupsMessage } from '../../../agent/contract.ts';
import type { Reader } from '../../../store/store.ts';
import { securityGroupMember, securityGroupMembers, securityGroupView } from '../../ec2/public.ts';

/**
 * What one agent has been told of security groups, and what it has to be told next: the rules of the groups that tasks of
 * its instance have, and the addresses of the groups that those rules name. Changes cost what they change, not what there
 * is. Groups that no task here has any more are told of until the session ends: sessions last half an hour. A message adds
 * to the one before it, so none is made while one is not acknowledged.
 */
export class SecurityGroupFeed {
  /** Rules as told, by group id; undefined until they are. */
  readonly #groups = new Map<string, string | undefined>();
  /** Addresses as told of each group that is a peer, by interface. */
  readonly #members = new Map<string, Map<string, string>>();
  readonly #changedGroups = new Set<string>();
  readonly #changedInterfaces = new Set<string>();
  #sequence = 0;
  #unacknowledged: SecurityGroupsMessage | undefined;

  need(groupIds: readonly string[]): void {
    for (const groupId of groupIds) {
      if (this.#groups.has(groupId)) continue;
      this.#groups.set(groupId, undefined);
      this.#changedGroups.add(groupId);
    }
  }

  groupChanged(groupId: string): void {
    if (this.#groups.has(groupId)) this.#changedGroups.add(groupId);
  }

  interfaceChanged(networkInterfaceId: string): void {
    if (this.#members.size > 0) this.#changedInterfaces.add(networkInterfaceId);
  }

  /** Whether something changed that may have to be told, and can be. */
  get hasNews(): boolean {
    return !this.#unacknowledged && (this.#changedGroups.size > 0 || this.#changedInterfaces.size > 0);
  }

  /** What is to be told again until the agent says that it was taken. */
  get unacknowledged(): SecurityGroupsMessage | undefined {
    return this.#unacknowledged;
  }

  acknowledge(messageId: string): void {
    if (this.#unacknowledged?.messageId === messageId) this.#unacknowledged = undefined;
  }

  /** What is to be told now, unacknowledged from here on; undefined when all is known or nothing can be told yet. */
  next(reader: Reader, messageId: () => string): SecurityGroupsMessage | undefined {
    if (!this.hasNews) return undefined;
    const members = new Map<string, { added: string[]; removed: string[] }>();
    const changesOf = (groupId: string): { added: string[]; removed: string[] } => {
      const changes = members.get(groupId) ?? { added: [], removed: [] };
      members.set(groupId, changes);
      return changes;
    };
    const interfaces = [...this.#changedInterfaces];
    this.#changedInterfaces.clear();
    for (const id of interfaces) {
      const now = securityGroupMember(reader, id);
      for (const [groupId, known] of this.#members) {
        const before = known.get(id);
        const after = now?.securityGroupIds.includes(groupId) ? now.privateIpv4Address : undefined;
        if (before === after) continue;
        if (before !== undefined) changesOf(groupId).removed.push(before);
        if (after !== undefined) changesOf(groupId).added.push(after);
        if (after === undefined) known.delete(id);
        else known.set(id, after);
      }
    }
    const groups = this.#changedRules(reader);
    for (const groupId of groups.flatMap(peersOf)) {
      if (this.#members.has(groupId)) continue;
      const known = new Map<string, string>();
      for (const member of securityGroupMembers(reader, groupId)) {
        known.set(member.networkInterfaceId, member.privateIpv4Address);
      }
      this.#members.set(groupId, known);
      changesOf(groupId).added.push(...known.values());
    }
    if (groups.length === 0 && members.size === 0) return undefined;
    this.#sequence += 1;
    this.#unacknowledged = {
      messageId: messageId(),
      sequence: this.#sequence,
      groups,
      members: [...members].map(([groupId, changes]) => ({ groupId, ...changes })),
    };
    return this.#unacknowledged;
  }

  #changedRules(reader: Reader): readonly SecurityGroup[] {
    const changed: SecurityGroup[] = [];
    for (const groupId of this.#changedGroups) {
      const group = securityGroupView(reader, groupId);
      const text = JSON.stringify(group);
      if (this.#groups.get(groupId) === text) continue;
      this.#groups.set(groupId, text);
      changed.push(group);
    }
    this.#changedGroups.clear();
    return changed;
  }
}

function peersOf({ ingress, egress }: SecurityGroup): readonly string[] {
  return [...ingress, ...egress].flatMap(({ peer }) => ('groupId' in peer ? [peer.groupId] : []));
}
