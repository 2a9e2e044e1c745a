import type {
  DeleteRepositoryCreationTemplateRequest,
  DeleteRepositoryCreationTemplateResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { creationTemplates } from '../tables.ts';
import { templateNamed } from '../template-reference.ts';
import { templateView } from '../views.ts';

export const deleteRepositoryCreationTemplate: Operation<
  DeleteRepositoryCreationTemplateRequest,
  DeleteRepositoryCreationTemplateResponse
> = (input, { call, store }) =>
  store.update((tx) => {
    const template = templateNamed(tx, call, input.prefix);
    tx.delete(creationTemplates, creationTemplates.key(template));
    return { registryId: call.accountId, repositoryCreationTemplate: templateView(template) };
  });
