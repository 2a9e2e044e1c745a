import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member, ServiceModel, Shape } from '../model.ts';
import { writeXmlMembers } from './xml-writer.ts';

function write(
  members: Readonly<Record<string, Member>>,
  value: object,
  shapes: Readonly<Record<string, Shape>> = {},
): string {
  const model: ServiceModel = {
    serviceId: 'Test',
    signingName: 'test',
    apiVersion: '1',
    protocols: ['query'],
    operations: {},
    shapes: { ...shapes, Root: { kind: 'structure', members, required: [] } },
  };
  return writeXmlMembers(model, 'Root', value, { item: 'member' });
}

const strings: Readonly<Record<string, Shape>> = {
  Names: { kind: 'list', member: { shape: 'string' } },
  Tags: { kind: 'map', key: { shape: 'string' }, value: { shape: 'string' } },
};

test('simple values', () => {
  const members = {
    A: { shape: 'string' },
    B: { shape: 'boolean' },
    C: { shape: 'long' },
    D: { shape: 'timestamp' },
    E: { shape: 'blob' },
  };
  const value = { A: 'a', B: false, C: 0, D: new Date(1500), E: Uint8Array.of(1, 2), unknown: 'left out' };
  assert.equal(write(members, value), '<A>a</A><B>false</B><C>0</C><D>1970-01-01T00:00:01.500Z</D><E>AQI=</E>');
});

test('undefined is left out, what is empty is an empty element', () => {
  const members = { A: { shape: 'string' }, B: { shape: 'string' }, C: { shape: 'Names' }, D: { shape: 'Root' } };
  assert.equal(write(members, { A: undefined, B: '', C: [], D: {} }, strings), '<B/><C/><D/>');
});

test('lists and maps, wrapped and flattened', () => {
  const value = { A: ['x', 'y'], B: { k: 'v' } };
  assert.equal(
    write({ A: { shape: 'Names' }, B: { shape: 'Tags' } }, value, strings),
    '<A><member>x</member><member>y</member></A><B><entry><key>k</key><value>v</value></entry></B>',
  );
  assert.equal(
    write({ A: { shape: 'Names', flattened: true }, B: { shape: 'Tags', flattened: true } }, value, strings),
    '<A>x</A><A>y</A><B><key>k</key><value>v</value></B>',
  );
});

test('what XML would read as its own is escaped, and what it cannot hold is replaced', () => {
  assert.equal(
    write({ A: { shape: 'string' } }, { A: `<&>"'\r\u0000\ufffe` }),
    '<A>&lt;&amp;&gt;&quot;&#39;&#xD;\ufffd\ufffd</A>',
  );
});
