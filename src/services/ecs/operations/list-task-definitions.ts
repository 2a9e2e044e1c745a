import type { ListTaskDefinitionsRequest, ListTaskDefinitionsResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import type { SortedKeys } from '../../../store/sorted-keys.ts';
import { throwFirst } from '../errors.ts';
import { pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { afterFamily, parseRevisionKey, revisionsIn } from '../projections.ts';
import { taskDefinitionArn } from '../references.ts';
import { notOneOf } from '../rules/refusal.ts';

/** ARNs of revisions in one status, families as text and revisions as numbers. `familyPrefix` is a whole family name. */
export const listTaskDefinitions: Operation<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const { size, afterKey } = pageAsked(input);
  const { status = 'ACTIVE', sort = 'ASC' } = input;
  throwFirst(notOneOf('status', status, ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']));
  throwFirst(notOneOf('sort', sort, ['ASC', 'DESC']));
  return store.view((reader) => {
    const keys = revisionsIn(reader, call, status);
    const listed =
      sort === 'ASC' ? ascending(keys, input.familyPrefix, afterKey) : descending(keys, input.familyPrefix, afterKey);
    const { items, nextToken } = takePage(listed, size, (key) => key);
    const taskDefinitionArns = items.map((key) => {
      const { family, revision } = parseRevisionKey(key);
      return taskDefinitionArn(call, family, revision);
    });
    return { taskDefinitionArns, nextToken };
  });
};

function* ascending(keys: SortedKeys, family: string | undefined, afterKey: string | undefined): Generator<string> {
  for (const key of keys.after(afterKey ?? (family === undefined ? undefined : `${family} `))) {
    if (family !== undefined && !key.startsWith(`${family} `)) return;
    yield key;
  }
}

function* descending(keys: SortedKeys, family: string | undefined, afterKey: string | undefined): Generator<string> {
  for (const key of keys.before(afterKey ?? (family === undefined ? undefined : afterFamily(family)))) {
    if (family !== undefined && !key.startsWith(`${family} `)) return;
    yield key;
  }
}
