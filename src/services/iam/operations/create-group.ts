import type { CreateGroupRequest, CreateGroupResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkedPath, checkName } from '../checks.ts';
import { alreadyExists, limitExceeded } from '../errors.ts';
import { newUniqueId } from '../ids.ts';
import { limits } from '../rules/limits.ts';
import { type GroupRecord, groups, nameKey } from '../tables.ts';
import { groupView } from '../views.ts';

export const createGroup: Operation<CreateGroupRequest, CreateGroupResponse> = async (input, { call, store }) =>
  await store.update((tx, env) => {
    const { accountId } = call;
    checkName(input.GroupName, 'groupName');
    if (tx.get(groups, nameKey(accountId, input.GroupName))) {
      throw alreadyExists(`Group with name ${input.GroupName} already exists.`);
    }
    if (tx.count(groups, 'account', accountId) >= limits.groupsPerAccount)
      throw limitExceeded('GroupsPerAccount', limits.groupsPerAccount);
    const group: GroupRecord = {
      accountId,
      name: input.GroupName,
      path: checkedPath(input.Path),
      id: newUniqueId(env, 'group'),
      createdAt: env.now,
      inlinePolicies: [],
      attachedPolicyArns: [],
    };
    tx.put(groups, group);
    return { Group: groupView(group) };
  });
