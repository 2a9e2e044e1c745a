import type { DescribeRepositoriesRequest, DescribeRepositoriesResponse } from '@aws-sdk/client-ecr';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { scopeKey } from '../../../core/scope.ts';
import { pageAsked } from '../paging.ts';
import { registryScope, repositoryNamed } from '../references.ts';
import { repositories } from '../tables.ts';
import { repositoryView } from '../views.ts';

export const describeRepositories: Operation<DescribeRepositoriesRequest, DescribeRepositoriesResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const { repositoryNames, registryId } = input;
    if (repositoryNames) {
      const found = repositoryNames.map((repositoryName) =>
        repositoryNamed(reader, call, { repositoryName, registryId }),
      );
      return { repositories: found.map((repository) => repositoryView(repository, call.endpoint)) };
    }
    const { size, afterKey } = pageAsked(input);
    const scope = registryScope(call, registryId);
    const page = takePage(reader.find(repositories, 'scope', scopeKey(scope), afterKey), size, repositories.key);
    return {
      repositories: page.items.map((repository) => repositoryView(repository, call.endpoint)),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  });
