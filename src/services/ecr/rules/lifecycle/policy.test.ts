import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLifecyclePolicy } from './policy.ts';

const selection = { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 };
const rule = { rulePriority: 1, description: 'old ones', selection, action: { type: 'expire' } };
const rules = (...given: readonly unknown[]): string => JSON.stringify({ rules: given });
const selecting = (change: object): string => rules({ ...rule, selection: { ...selection, ...change } });

test('a policy is read in the order of its priorities', () => {
  const policy = readLifecyclePolicy(
    rules(
      { ...rule, rulePriority: 9 },
      { ...rule, rulePriority: 2, selection: { ...selection, tagStatus: 'tagged', tagPrefixList: ['v'] } },
    ),
  );
  assert.deepEqual(
    policy.rules.map(({ priority, tagStatus, tagPrefixes }) => ({ priority, tagStatus, tagPrefixes })),
    [
      { priority: 2, tagStatus: 'tagged', tagPrefixes: ['v'] },
      { priority: 9, tagStatus: 'untagged', tagPrefixes: [] },
    ],
  );
});

const refused: readonly (readonly [what: string, text: string, reason: string])[] = [
  ['no JSON', 'nothing', 'Could not map policyString into LifecyclePolicy.'],
  ['an empty text', ' ', 'Could not map policyString into LifecyclePolicy.'],
  ['a list', '[]', 'Could not map policyString into LifecyclePolicy.'],
  ['no rules', '{}', 'object has missing required properties (["rules"])'],
  [
    'rules that are no list',
    '{"rules":{}}',
    'instance type (object) does not match any allowed primitive type (allowed: ["array"])',
  ],
  ['an empty list of rules', rules(), 'array is too short: must have at least 1 elements but instance has 0 elements'],
  [
    'more than 50 rules',
    rules(...Array.from({ length: 51 }, (_, index) => ({ ...rule, rulePriority: index + 1 }))),
    'array is too long: must have at most 50 elements but instance has 51 elements',
  ],
  [
    'a rule without an action',
    rules({ ...rule, action: undefined }),
    'object has missing required properties (["action"])',
  ],
  [
    'an unknown member',
    rules({ ...rule, extra: 1 }),
    'object instance has properties which are not allowed by the schema: ["extra"]',
  ],
  [
    'a priority of zero',
    rules({ ...rule, rulePriority: 0 }),
    'numeric instance is lower than the required minimum (minimum: 1, found: 0)',
  ],
  [
    'two rules of one priority',
    rules(rule, { ...rule, selection: { ...selection, tagStatus: 'any' } }),
    'Rule priorities must be unique.',
  ],
  [
    'another action',
    rules({ ...rule, action: { type: 'delete' } }),
    'instance value ("delete") not found in enum (possible values: ["expire","transition"])',
  ],
  [
    'an expiry with a storage class',
    rules({ ...rule, action: { type: 'expire', targetStorageClass: null } }),
    'instance failed to match exactly one schema (matched 0 out of 2)',
  ],
  [
    'days without a unit',
    selecting({ countUnit: undefined }),
    'instance failed to match exactly one schema (matched 0 out of 2)',
  ],
  [
    'a count with a unit',
    selecting({ countType: 'imageCountMoreThan' }),
    'instance failed to match exactly one schema (matched 0 out of 2)',
  ],
  [
    'hours',
    selecting({ countUnit: 'hours' }),
    'instance value ("hours") not found in enum (possible values: ["days"])',
  ],
  [
    'a fraction of a day',
    selecting({ countNumber: 1.5 }),
    'instance type (number) does not match any allowed primitive type (allowed: ["integer"])',
  ],
  [
    'tagged without tags',
    selecting({ tagStatus: 'tagged' }),
    'Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.',
  ],
  ['untagged with tags', selecting({ tagPrefixList: ['a'] }), 'Cannot specify tagPrefixList when tagStatus=UNTAGGED.'],
  [
    'prefixes and patterns',
    selecting({ tagStatus: 'tagged', tagPrefixList: ['a'], tagPatternList: ['b'] }),
    'tagPrefixList and tagPatternList cannot both be specified.',
  ],
  [
    'an expiry by pulls',
    selecting({ countType: 'sinceImagePulled' }),
    'countType sinceImagePulled is for rules that transition images.',
  ],
  [
    'two rules for untagged images',
    rules(rule, { ...rule, rulePriority: 2 }),
    'Only one rule can select Untagged images per storage class',
  ],
  [
    'a rule for all before another',
    rules({ ...rule, selection: { ...selection, tagStatus: 'any' } }, { ...rule, rulePriority: 2 }),
    'Rule for tagStatus=ANY must have the lowest priority per storage class',
  ],
];

for (const [what, text, reason] of refused) {
  test(`${what} is refused in AWS's words`, () => {
    assert.throws(() => readLifecyclePolicy(text), {
      code: 'InvalidParameterException',
      message: `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${reason}'`,
    });
  });
}

test('more wildcards than four, tags that can be none and texts beyond the limit are refused', () => {
  for (const text of [
    selecting({ tagStatus: 'tagged', tagPatternList: ['*a*b*c*d*'] }),
    selecting({ tagStatus: 'tagged', tagPatternList: ['a b'] }),
    `{"rules":[${' '.repeat(31_000)}]}`,
  ]) {
    assert.throws(() => readLifecyclePolicy(text), { code: 'InvalidParameterException' });
  }
});
