import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { firstRefusal } from './refusal.ts';
import { mergeTags, tagRefusals } from './tags.ts';

const refusedTags: Readonly<Record<string, readonly { key?: string; value?: string }[]>> = {
  'an empty key': [{ key: '', value: 'a' }],
  'a key of 129 characters': [{ key: 'k'.repeat(129) }],
  'a value of 257 characters': [{ key: 'k', value: 'v'.repeat(257) }],
  'a key that AWS reserves': [{ key: 'AWS:thing', value: 'a' }],
  'a key with a bracket': [{ key: 'a<b' }],
  'the same key twice': [{ key: 'a' }, { key: 'a' }],
  '51 tags': Array.from({ length: 51 }, (_, at) => ({ key: `k${at}` })),
};

for (const [what, tags] of Object.entries(refusedTags)) {
  test(`tags with ${what} are refused`, () => {
    assert.equal(firstRefusal(tagRefusals(tags))?.code, 'InvalidParameterException');
  });
}

test('letters of any script, spaces and a few signs are accepted', () => {
  const tags = [{ key: 'größe 尺寸 a_b.c:d/e=f+g-h@i', value: '' }, { key: 'K'.repeat(128) }];
  assert.equal(firstRefusal(tagRefusals(tags)), undefined);
});

test('merging keeps every old key, takes every new value and repeats none', () => {
  const tags = fc.uniqueArray(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.string() }), {
    selector: (tag) => tag.key,
  });
  fc.assert(
    fc.property(tags, tags, (present, more) => {
      const merged = mergeTags(present, more);
      const wanted = new Map([...present, ...more].map((tag) => [tag.key, tag.value]));
      assert.deepEqual(new Map(merged.map((tag) => [tag.key, tag.value])), wanted);
      assert.equal(merged.length, wanted.size);
    }),
  );
});
