import type { ReplicationRule as ReplicationRuleView } from '@aws-sdk/client-ecr';
import type { Scope } from '../../../core/scope.ts';
import { invalidParameter } from '../errors.ts';
import type { ReplicationRule } from '../tables.ts';

const mostRules = 10;
const mostDestinations = 25;
const mostFilters = 100;

/** Throws InvalidParameterException. */
export function checkReplicationRules(rules: readonly ReplicationRule[], own: Scope): void {
  const refuse = (constraint: string): never => {
    throw invalidParameter(
      `Invalid parameter at 'replicationConfiguration' failed to satisfy constraint: '${constraint}'`,
    );
  };
  if (rules.length > mostRules) refuse(`rules must have length less than or equal to ${mostRules}`);
  const destinations = new Set<string>();
  for (const rule of rules) {
    if (rule.destinations.length > mostDestinations) {
      refuse(`destinations must have length less than or equal to ${mostDestinations}`);
    }
    for (const { region, registryId } of rule.destinations) {
      if (region === own.region && registryId === own.accountId) {
        refuse('Replication destination cannot be the same as the source registry');
      }
      destinations.add(`${region}/${registryId}`);
    }
    const filters = rule.repositoryFilters ?? [];
    if (filters.length > mostFilters) refuse(`repositoryFilters must have length less than or equal to ${mostFilters}`);
    for (const { filterType } of filters) {
      if (filterType !== 'PREFIX_MATCH') refuse(`filterType ${filterType} is not PREFIX_MATCH`);
    }
  }
  if (destinations.size > mostDestinations) {
    refuse(`A replication configuration can have at most ${mostDestinations} unique destinations`);
  }
}

/** Where images of the repository are to go, each place once. */
export function destinationsOf(
  rules: readonly ReplicationRule[],
  repositoryName: string,
): readonly ReplicationRule['destinations'][number][] {
  const meant = rules.filter(
    ({ repositoryFilters: filters = [] }) =>
      filters.length === 0 || filters.some(({ filter }) => repositoryName.startsWith(filter)),
  );
  const found = meant.flatMap(({ destinations }) => destinations);
  return [...new Map(found.map((each) => [`${each.region}/${each.registryId}`, each])).values()];
}

export function replicationRulesView(rules: readonly ReplicationRule[]): ReplicationRuleView[] {
  return rules.map(({ destinations, repositoryFilters }) => ({
    destinations: destinations.map((each) => ({ ...each })),
    ...(repositoryFilters && {
      repositoryFilters: repositoryFilters.map(({ filter }) => ({ filter, filterType: 'PREFIX_MATCH' as const })),
    }),
  }));
}
