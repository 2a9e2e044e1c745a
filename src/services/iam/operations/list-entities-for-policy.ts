import type { ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse } from '@aws-sdk/client-iam';
import type { Operation, Parsed } from '../../../aws/operation.ts';
import type { Reader } from '../../../store/store.ts';
import { holdersOf, type IdentityKind } from '../identities.ts';
import { anyPolicy } from '../managed-policies.ts';
import { pageOfList } from '../paging.ts';
import type { IdentityRecord, UserRecord } from '../tables.ts';

export const listEntitiesForPolicy: Operation<ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    anyPolicy(reader, call, input.PolicyArn);
    const { users, groups, roles } = entities(reader, call.accountId, input);
    const all = [
      ...users.map((record) => ({ kind: 'user' as const, record })),
      ...groups.map((record) => ({ kind: 'group' as const, record })),
      ...roles.map((record) => ({ kind: 'role' as const, record })),
    ].filter(({ kind, record }) => isAsked(kind, input) && record.path.startsWith(input.PathPrefix ?? '/'));
    const { items, end } = pageOfList(input, all, ({ kind, record }) => `${kind}/${record.name}`);
    const of = (wanted: IdentityKind): readonly IdentityRecord[] =>
      items.flatMap(({ kind, record }) => (kind === wanted ? [record] : []));
    return {
      PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...end,
    };
  });

/** Those it is attached to, or those whose boundary it is. */
function entities(
  reader: Reader,
  accountId: string,
  input: Parsed<ListEntitiesForPolicyRequest>,
): {
  readonly users: readonly UserRecord[];
  readonly groups: readonly IdentityRecord[];
  readonly roles: readonly IdentityRecord[];
} {
  const holders = holdersOf(reader, accountId, input.PolicyArn);
  if (input.PolicyUsageFilter !== 'PermissionsBoundary') return holders;
  const users = holders.bounded.filter((record) => 'groups' in record);
  return { users, groups: [], roles: holders.bounded.filter((record) => !('groups' in record)) };
}

function isAsked(kind: IdentityKind, { EntityFilter: filter }: Parsed<ListEntitiesForPolicyRequest>): boolean {
  return filter === undefined || filter.toLowerCase() === kind;
}
