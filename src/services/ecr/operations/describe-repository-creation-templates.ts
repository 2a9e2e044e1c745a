import type {
  DescribeRepositoryCreationTemplatesRequest,
  DescribeRepositoryCreationTemplatesResponse,
} from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { scopeKey } from '../../../core/scope.ts';
import { pageAsked } from '../paging.ts';
import { creationTemplates, repositoryKey } from '../tables.ts';
import { templateView } from '../views.ts';

/** Prefixes of which there is no template are left out. */
export const describeRepositoryCreationTemplates: Operation<
  DescribeRepositoryCreationTemplatesRequest,
  DescribeRepositoryCreationTemplatesResponse
> = (input, { call, store }) =>
  store.view((reader) => {
    const registryId = call.accountId;
    if (input.prefixes) {
      const found = input.prefixes.flatMap(
        (prefix) => reader.get(creationTemplates, repositoryKey(call, prefix)) ?? [],
      );
      return { registryId, repositoryCreationTemplates: found.map(templateView) };
    }
    const { size, afterKey } = pageAsked(input);
    const page = takePage(
      reader.find(creationTemplates, 'scope', scopeKey(call), afterKey),
      size,
      creationTemplates.key,
    );
    return {
      registryId,
      repositoryCreationTemplates: page.items.map(templateView),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  });
