import type { StartLifecyclePolicyPreviewRequest, StartLifecyclePolicyPreviewResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { lifecyclePolicyNotFound } from '../errors.ts';
import { repositoryNamed } from '../references.ts';
import { readLifecyclePolicy } from '../rules/lifecycle/policy.ts';
import { lifecyclePreviews } from '../tables.ts';

export const startLifecyclePolicyPreview: Operation<
  StartLifecyclePolicyPreviewRequest,
  StartLifecyclePolicyPreviewResponse
> = (input, { call, store }) =>
  store.update((tx, env) => {
    const { id, name, accountId, lifecyclePolicy } = repositoryNamed(tx, call, input);
    const text = input.lifecyclePolicyText ?? lifecyclePolicy?.text;
    if (text === undefined) throw lifecyclePolicyNotFound(name, accountId);
    readLifecyclePolicy(text);
    tx.put(lifecyclePreviews, { repositoryId: id, policyText: text, startedAt: env.now });
    return { registryId: accountId, repositoryName: name, lifecyclePolicyText: text, status: 'IN_PROGRESS' as const };
  });
