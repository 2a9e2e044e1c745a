import type {
  CreateRepositoryCreationTemplateRequest,
  CreateRepositoryCreationTemplateResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { limitExceeded, templateExists } from '../errors.ts';
import { checkRepositoryPolicy } from '../policy-text.ts';
import { readTemplate } from '../rules/creation-template.ts';
import { limits } from '../rules/limits.ts';
import { creationTemplates } from '../tables.ts';
import { templateView } from '../views.ts';

export const createRepositoryCreationTemplate: Operation<
  CreateRepositoryCreationTemplateRequest,
  CreateRepositoryCreationTemplateResponse
> = async (input, { call, store }) => {
  const { accountId, region } = call;
  const settings = readTemplate(input);
  if (settings.policyText !== undefined) checkRepositoryPolicy(settings.policyText);
  const template = await store.update((tx, env) => {
    const created = { accountId, region, ...settings, createdAt: env.now, updatedAt: env.now };
    if (tx.get(creationTemplates, creationTemplates.key(created))) throw templateExists(settings.prefix, accountId);
    if (tx.count(creationTemplates, 'scope', scopeKey(call)) >= limits.creationTemplates) {
      throw limitExceeded(`A registry has at most ${limits.creationTemplates} repository creation templates.`);
    }
    tx.put(creationTemplates, created);
    return created;
  });
  return { registryId: accountId, repositoryCreationTemplate: templateView(template) };
};
