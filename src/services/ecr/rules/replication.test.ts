import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkReplicationRules, destinationsOf } from './replication.ts';

const own = { accountId: '000000000000', region: 'us-east-1' };
const west = { region: 'us-west-2', registryId: '000000000000' };
const other = { region: 'us-east-1', registryId: '111111111111' };
const prefix = (filter: string) => ({ filter, filterType: 'PREFIX_MATCH' });

test('a repository goes where the rules that mean it say, to each place once', () => {
  const rules = [
    { destinations: [west], repositoryFilters: [prefix('prod/'), prefix('base')] },
    { destinations: [west, other], repositoryFilters: [prefix('prod/web')] },
  ];
  assert.deepEqual(destinationsOf(rules, 'prod/web'), [west, other]);
  assert.deepEqual(destinationsOf(rules, 'base-images'), [west]);
  assert.deepEqual(destinationsOf(rules, 'test/web'), []);
  assert.deepEqual(destinationsOf([{ destinations: [other] }], 'anything'), [other]);
});

test('rules that cannot be are refused', () => {
  const refused = (rules: Parameters<typeof checkReplicationRules>[0], words: RegExp): void =>
    assert.throws(() => checkReplicationRules(rules, own), { code: 'InvalidParameterException', message: words });
  refused([{ destinations: [{ region: own.region, registryId: own.accountId }] }], /same as the source registry/);
  refused(
    Array.from({ length: 11 }, () => ({ destinations: [west] })),
    /less than or equal to 10/,
  );
  refused([{ destinations: [west], repositoryFilters: [{ filter: 'a', filterType: 'GLOB' }] }], /PREFIX_MATCH/);
  assert.doesNotThrow(() => checkReplicationRules([{ destinations: [west, other] }], own));
});
