import { invalidParameter } from '../errors.ts';
import type { ExclusionFilter, TagMutability } from '../tables.ts';
import { limits } from './limits.ts';
import { matchesWildcard } from './wildcard.ts';

/** Whether a tag that names an image may be made to name another. */
export function isMutableTag(
  tag: string,
  repository: { readonly tagMutability: TagMutability; readonly exclusionFilters: readonly ExclusionFilter[] },
): boolean {
  const isExcluded = repository.exclusionFilters.some(({ filter }) => matchesWildcard(filter, tag));
  switch (repository.tagMutability) {
    case 'MUTABLE':
      return true;
    case 'IMMUTABLE':
      return false;
    case 'MUTABLE_WITH_EXCLUSION':
      return !isExcluded;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return isExcluded;
  }
}

export interface MutabilitySetting {
  readonly tagMutability: TagMutability;
  readonly exclusionFilters: readonly ExclusionFilter[];
}

/** The setting of a request. Throws InvalidParameterException. */
export function readMutability(
  mutability: string | undefined,
  filters: readonly { readonly filterType: string; readonly filter: string }[] | undefined,
): MutabilitySetting {
  const tagMutability = mutabilities.find((candidate) => candidate === (mutability ?? 'MUTABLE'));
  if (!tagMutability) {
    throw invalidParameter(
      `Invalid parameter at 'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [${mutabilities.join(', ')}]'`,
    );
  }
  const withExclusion = tagMutability.endsWith('_WITH_EXCLUSION');
  if (withExclusion && !filters?.length) {
    throw invalidParameter(
      `Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: 'must not be empty when imageTagMutability is ${tagMutability}'`,
    );
  }
  if (!withExclusion && filters?.length) {
    throw invalidParameter(
      `Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: 'must be empty when imageTagMutability is ${tagMutability}'`,
    );
  }
  return {
    tagMutability,
    exclusionFilters: (filters ?? []).map(readFilter).slice(0, checkCount(filters?.length ?? 0)),
  };
}

const mutabilities = ['IMMUTABLE', 'MUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION'] as const;

function checkCount(count: number): number {
  if (count <= limits.exclusionFilters) return count;
  throw invalidParameter(
    `Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: 'Member must have length less than or equal to ${limits.exclusionFilters}'`,
  );
}

function readFilter({ filterType, filter }: { readonly filterType: string; readonly filter: string }): ExclusionFilter {
  if (filterType !== 'WILDCARD') {
    throw invalidParameter(
      `Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: 'Member must satisfy enum value set: [WILDCARD]'`,
    );
  }
  const wildcards = filter.split('*').length - 1;
  if (!/^[0-9A-Za-z._*-]{1,128}$/.test(filter) || wildcards > 2) {
    throw invalidParameter(
      `Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: 'a filter is 1 to 128 letters, digits, ., _ and -, with at most two wildcards (*)'`,
    );
  }
  return { filterType, filter };
}
