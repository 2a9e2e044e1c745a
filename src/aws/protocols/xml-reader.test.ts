import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readXml } from './xml-reader.ts';
import { escapeXml } from './xml-writer.ts';

test('elements, attributes, text, entities, CDATA and comments are read', () => {
  const root = readXml(
    '<?xml version="1.0"?>\n<!-- c --><a:Root xmlns:a="urn:x"><Key>1 &lt; 2 &#x41;&#66;</Key><b x=\'y\'/><![CDATA[<raw>]]></a:Root>\n',
  );
  assert.equal(root?.name, 'Root');
  assert.deepEqual(
    root?.children.map(({ name, text }) => [name, text]),
    [
      ['Key', '1 < 2 AB'],
      ['b', ''],
    ],
  );
  assert.equal(root?.children[1]?.attributes.get('x'), 'y');
  assert.equal(root?.text, '<raw>');
});

const malformed = [
  '',
  'text',
  '<a>',
  '<a></b>',
  '<a/><b/>',
  '<a>&unknown;</a>',
  '<a>&amp</a>',
  '<a b="1" b="2"/>',
  '<a><![CDATA[x</a>',
  '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
  '<a b=1/>',
  '<a>'.repeat(100) + '</a>'.repeat(100),
];
for (const text of malformed) {
  test(`${text.slice(0, 40)} is no document`, () => assert.equal(readXml(text), undefined));
}

test('what is escaped reads as it was, and no text makes the reader fail', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(fc.property(text, (held) => assert.equal(readXml(`<a>${escapeXml(held)}</a>`)?.text, held)));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', '"', '=', '&', ';', '!', '-', '[') }),
      (noise) => void readXml(noise),
    ),
  );
});
