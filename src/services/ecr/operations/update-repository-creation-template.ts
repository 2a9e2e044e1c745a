import type {
  UpdateRepositoryCreationTemplateRequest,
  UpdateRepositoryCreationTemplateResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { checkRepositoryPolicy } from '../policy-text.ts';
import { readTemplate } from '../rules/creation-template.ts';
import { creationTemplates } from '../tables.ts';
import { templateNamed } from '../template-reference.ts';
import { templateView } from '../views.ts';

export const updateRepositoryCreationTemplate: Operation<
  UpdateRepositoryCreationTemplateRequest,
  UpdateRepositoryCreationTemplateResponse
> = async (input, { call, store }) => {
  if (input.repositoryPolicy !== undefined) checkRepositoryPolicy(input.repositoryPolicy);
  const template = await store.update((tx, env) => {
    const before = templateNamed(tx, call, input.prefix);
    const { accountId, region, createdAt } = before;
    const after = { accountId, region, ...readTemplate(input, before), createdAt, updatedAt: env.now };
    tx.put(creationTemplates, after);
    return after;
  });
  return { registryId: call.accountId, repositoryCreationTemplate: templateView(template) };
};
