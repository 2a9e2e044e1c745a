import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import type { Kept } from '../../tables.ts';
import { invalid, type Refusal } from '../refusal.ts';
import type { Strategy } from './strategies.ts';

/** Placement strategies as a request writes them: names in any case, `host` for `instanceId`. */
export function parseStrategies(
  written: readonly Kept<PlacementStrategy>[],
): { readonly strategies: readonly Strategy[] } | { readonly refusal: Refusal } {
  const strategies: Strategy[] = [];
  for (const { type, field } of written) {
    const strategy = parseStrategy(type?.toLowerCase(), field ?? '');
    if (!strategy) {
      return { refusal: invalid(`Placement strategy ${type ?? ''} does not have the field '${field ?? ''}'.`) };
    }
    strategies.push(strategy);
  }
  return { strategies };
}

function parseStrategy(type: string | undefined, field: string): Strategy | undefined {
  const lower = field.toLowerCase();
  if (type === 'random') return field === '' ? { type } : undefined;
  if (type === 'binpack') return lower === 'cpu' || lower === 'memory' ? { type, field: lower } : undefined;
  if (type !== 'spread') return undefined;
  if (lower === 'instanceid' || lower === 'host') return { type, field: 'instanceId' };
  // Attribute names keep their case: two that differ in it are two attributes.
  return lower.startsWith('attribute:') && field.length > 10 ? { type, attribute: field.slice(10) } : undefined;
}
