import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, gatewayOf, knownCidr, parseCidr, usableAddresses } from './cidr.ts';

test('a block is read with its first and last address', () => {
  const block = knownCidr('172.31.16.0/20');
  assert.equal(formatAddress(block.first), '172.31.16.0');
  assert.equal(formatAddress(block.last), '172.31.31.255');
  assert.equal(gatewayOf(block), '172.31.16.1');
  const usable = usableAddresses(block);
  assert.equal(formatAddress(usable.first), '172.31.16.4');
  assert.equal(formatAddress(usable.last), '172.31.31.254');
});

test('what is not a block is refused', () => {
  for (const text of ['', '10.0.0.0', '10.0.0.0/33', '10.0.0.256/32', '10.0.0.1/24', '10.0.0.0/24 ', 'a.b.c.d/8']) {
    assert.equal(parseCidr(text), undefined, text);
  }
});
