import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMutableTag, readMutability } from './tag-mutability.ts';

const filters = [{ filterType: 'WILDCARD', filter: 'latest*' }];

const cases: readonly (readonly [mutability: string, tag: string, isMutable: boolean])[] = [
  ['MUTABLE', 'v1', true],
  ['IMMUTABLE', 'v1', false],
  ['IMMUTABLE_WITH_EXCLUSION', 'v1', false],
  ['IMMUTABLE_WITH_EXCLUSION', 'latest', true],
  ['IMMUTABLE_WITH_EXCLUSION', 'latest-main', true],
  ['MUTABLE_WITH_EXCLUSION', 'v1', true],
  ['MUTABLE_WITH_EXCLUSION', 'latest', false],
];

for (const [mutability, tag, isMutable] of cases) {
  test(`under ${mutability} except latest* the tag ${tag} is ${isMutable ? 'mutable' : 'immutable'}`, () => {
    const setting = readMutability(mutability, mutability.includes('EXCLUSION') ? filters : undefined);
    assert.equal(isMutableTag(tag, setting), isMutable);
  });
}

const refused: readonly (readonly [
  mutability: string | undefined,
  filters: readonly { readonly filterType: string; readonly filter: string }[],
  reason: RegExp,
])[] = [
  ['SOMETIMES', [], /enum value set/],
  ['IMMUTABLE_WITH_EXCLUSION', [], /must not be empty/],
  [undefined, filters, /must be empty when imageTagMutability is MUTABLE/],
  ['IMMUTABLE', filters, /must be empty/],
  ['IMMUTABLE_WITH_EXCLUSION', [{ filterType: 'REGEX', filter: 'a' }], /WILDCARD/],
  ['IMMUTABLE_WITH_EXCLUSION', [{ filterType: 'WILDCARD', filter: 'a b' }], /letters, digits/],
  ['IMMUTABLE_WITH_EXCLUSION', [{ filterType: 'WILDCARD', filter: '*a*b*' }], /two wildcards/],
  [
    'IMMUTABLE_WITH_EXCLUSION',
    Array.from({ length: 6 }, () => ({ filterType: 'WILDCARD', filter: 'a' })),
    /equal to 5/,
  ],
];

for (const [mutability, given, reason] of refused) {
  test(`${mutability ?? 'no mutability'} with ${given.length} filters is refused: ${reason.source}`, () => {
    assert.throws(() => readMutability(mutability, given), { code: 'InvalidParameterException', message: reason });
  });
}
