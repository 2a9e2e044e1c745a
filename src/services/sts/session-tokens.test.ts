import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { createSessionTokens, type SessionIdentity } from './session-tokens.ts';

const sealKey = 'a'.repeat(64);
const identity: SessionIdentity = {
  accountId: '000000000000',
  arn: 'arn:aws:sts::000000000000:assumed-role/app/s1',
  userId: 'AROAAAAAAAAAAAAAAAAAA:s1',
  session: {
    issuedAt: 1,
    expiresAt: 2,
    role: { arn: 'arn:aws:iam::000000000000:role/app', id: 'AROAAAAAAAAAAAAAAAAAA' },
  },
};
const open = (seed = 1) => createSessionTokens(simHash, new SimRandom(seed));

test('a token is read by any server that has the key', () => {
  const keys = open(1).issue(sealKey, identity);
  assert.match(keys.accessKeyId, /^ASIA[A-Z2-7]{16}$/);
  assert.equal(keys.secretAccessKey.length, 40);
  for (const tokens of [open(1), open(2)]) {
    const read = tokens.read(sealKey, keys.accessKeyId, keys.sessionToken);
    assert.equal(read?.secretAccessKey, keys.secretAccessKey);
    assert.equal(read.arn, identity.arn);
    assert.deepEqual(read.session, identity.session);
  }
});

test('a token is of one access key and one key of the server, also when it has been read before', () => {
  const tokens = open();
  const [one, other] = [tokens.issue(sealKey, identity), tokens.issue(sealKey, identity)];
  assert.notEqual(one.accessKeyId, other.accessKeyId);
  assert.notEqual(one.secretAccessKey, other.secretAccessKey);
  for (let times = 0; times < 2; times += 1) {
    assert.ok(tokens.read(sealKey, one.accessKeyId, one.sessionToken));
    assert.equal(tokens.read(sealKey, other.accessKeyId, one.sessionToken), undefined);
    assert.equal(tokens.read('b'.repeat(64), one.accessKeyId, one.sessionToken), undefined);
  }
});

test('a token that was changed anywhere is none', () => {
  const keys = open().issue(sealKey, identity);
  const { length } = keys.sessionToken;
  fc.assert(
    fc.property(fc.nat(length - 1), fc.constantFrom('A', 'C', 'z', '0', '9', '+', '/', '='), (at, char) => {
      const changed = keys.sessionToken.slice(0, at) + char + keys.sessionToken.slice(at + 1);
      fc.pre(changed !== keys.sessionToken);
      const read = open().read(sealKey, keys.accessKeyId, changed);
      // The last digit before the padding has bits that mean nothing.
      assert.ok(read === undefined || at >= length - 3);
    }),
    { numRuns: 500 },
  );
  for (const text of ['', 'x', keys.sessionToken.slice(0, 40), `${keys.sessionToken}AAAA`]) {
    assert.equal(open().read(sealKey, keys.accessKeyId, text), undefined);
  }
});
