import type { RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { limitExceeded, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { taskDefinitionArn } from '../references.ts';
import { compatibilitiesOf, compatibilityRefusals } from '../rules/compatibilities.ts';
import { limits } from '../rules/limits.ts';
import { requiredAttributes } from '../rules/required-attributes.ts';
import { keptTags, tagRefusals } from '../rules/tags.ts';
import { withDefaults } from '../rules/task-definition-defaults.ts';
import { taskDefinitionRefusals } from '../rules/validate/task-definition.ts';
import { families, type TaskDefinitionRecord, taskDefinitions } from '../tables.ts';
import { showTaskDefinition } from '../task-definition-view.ts';

/** Registers the next revision of a family. Revisions are given once, whatever becomes of the earlier ones. */
export const registerTaskDefinition: Operation<
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  EcsParts
> = async (input, { call, store }) => {
  throwFirst(tagRefusals(input.tags));
  throwFirst(taskDefinitionRefusals(input));
  const content = withDefaults(input);
  for (const compatibility of input.requiresCompatibilities ?? []) {
    throwFirst(compatibilityRefusals(compatibility, content));
  }
  const compatibilities = compatibilitiesOf(content);
  // Nothing could run it: what EC2, the least demanding, has against it says why.
  if (compatibilities.length === 0) throwFirst(compatibilityRefusals('EC2', content));
  const scope = { accountId: call.accountId, region: call.region };
  return await store.update((tx, env) => {
    const revision = (tx.get(families, `${scopeKey(scope)}/${input.family}`)?.latestRevision ?? 0) + 1;
    if (revision > limits.revisionsPerFamily) {
      throw limitExceeded(`A task definition family can have at most ${limits.revisionsPerFamily} revisions.`);
    }
    const arn = taskDefinitionArn(scope, input.family, revision);
    const record: TaskDefinitionRecord = {
      ...scope,
      arn,
      family: input.family,
      revision,
      status: 'ACTIVE',
      definition: {
        ...content,
        taskDefinitionArn: arn,
        revision,
        requiresAttributes: requiredAttributes(content),
        compatibilities,
        registeredBy: call.principal.arn,
      },
      tags: keptTags(input.tags),
      registeredAt: env.now,
    };
    tx.put(taskDefinitions, record);
    tx.put(families, { ...scope, family: input.family, latestRevision: revision });
    return { taskDefinition: showTaskDefinition(record), ...(record.tags.length > 0 ? { tags: record.tags } : {}) };
  });
};
