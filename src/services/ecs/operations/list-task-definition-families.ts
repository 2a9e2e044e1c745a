import type { ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import type { SortedKeys } from '../../../store/sorted-keys.ts';
import { throwFirst } from '../errors.ts';
import { pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { afterFamily, parseRevisionKey, revisionsIn } from '../projections.ts';
import { notOneOf } from '../rules/refusal.ts';

/** Names of families: with an ACTIVE revision, with INACTIVE ones only, or both. */
export const listTaskDefinitionFamilies: Operation<
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  EcsParts
> = (input, { call, store }) => {
  const { size, afterKey } = pageAsked(input);
  const { status = 'ALL', familyPrefix = '' } = input;
  throwFirst(notOneOf('status', status, ['ACTIVE', 'INACTIVE', 'ALL']));
  return store.view((reader) => {
    const active = revisionsIn(reader, call, 'ACTIVE');
    const inactive = revisionsIn(reader, call, 'INACTIVE');
    const listed = familiesAfter(active, inactive, status, familyPrefix, afterKey);
    const { items, nextToken } = takePage(listed, size, (family) => family);
    return { families: [...items], nextToken };
  });
};

/** Goes from family to family over both sets at once, however many revisions each family has. */
function* familiesAfter(
  active: SortedKeys,
  inactive: SortedKeys,
  status: 'ACTIVE' | 'INACTIVE' | 'ALL',
  prefix: string,
  afterKey: string | undefined,
): Generator<string> {
  let from = afterKey === undefined ? prefix : afterFamily(afterKey);
  for (;;) {
    const nextActive = nextFamily(active, from);
    const nextInactive = nextFamily(inactive, from);
    const family = least(nextActive, nextInactive);
    if (family === undefined || !family.startsWith(prefix)) return;
    const isActive = family === nextActive;
    if (status === 'ALL' || (status === 'ACTIVE') === isActive) yield family;
    from = afterFamily(family);
  }
}

function nextFamily(keys: SortedKeys, from: string): string | undefined {
  for (const key of keys.after(from)) return parseRevisionKey(key).family;
  return undefined;
}

/** Compared as the keys are, with the space behind: `web` comes before `web-2`. */
function least(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return `${a} ` < `${b} ` ? a : b;
}
