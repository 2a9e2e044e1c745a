import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Cipher, Hash, Random } from '../../src/world/world.ts';
import { type Fixture, type MakeFixture, utf8, worldTest } from './fixture.ts';

export interface ChanceFixture extends Fixture {
  readonly random: Random;
  readonly hash: Hash;
  readonly cipher: Cipher;
}

/** Random and Hash. The digests are the published test vectors of FIPS 180, RFC 1321 and RFC 4231. */
export function chanceSuite(make: MakeFixture<ChanceFixture>): void {
  describe('random and hash', () => {
    worldTest(make, 'random bytes have the length asked for and do not repeat', async ({ random }) => {
      assert.equal(random.bytes(0).length, 0);
      const seen = new Set(Array.from({ length: 1000 }, () => hexOf(random.bytes(16))));
      assert.equal(seen.size, 1000);
    });

    worldTest(make, 'fractions lie in [0, 1) and spread', async ({ random }) => {
      const fractions = Array.from({ length: 1000 }, () => random.fraction());
      assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
      assert.ok(Math.min(...fractions) < 0.1 && Math.max(...fractions) > 0.9);
    });

    worldTest(make, 'digests match the published vectors, of text and of bytes', async ({ hash }) => {
      const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
      assert.equal(hash.sha256Hex('abc'), abc);
      assert.equal(hash.sha256Hex(utf8('abc')), abc);
      assert.equal(hexOf(hash.sha256('abc')), abc);
      assert.equal(hexOf(hash.sha256(utf8('abc'))), abc);
      assert.equal(hash.sha256Hex(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
      assert.equal(hash.sha256Hex('ä'), hash.sha256Hex(Uint8Array.of(0xc3, 0xa4)), 'text is UTF-8');
      assert.equal(hash.md5Hex('abc'), '900150983cd24fb0d6963f7d28e17f72');
      assert.equal(hash.md5Hex(utf8('abc')), '900150983cd24fb0d6963f7d28e17f72');
    });

    worldTest(make, 'HMACs match the published vectors, short and long keys', async ({ hash }) => {
      const jefe = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
      assert.equal(hexOf(hash.hmacSha256('Jefe', 'what do ya want for nothing?')), jefe);
      assert.equal(hexOf(hash.hmacSha256(utf8('Jefe'), utf8('what do ya want for nothing?'))), jefe);
      assert.equal(
        hexOf(
          hash.hmacSha256(new Uint8Array(131).fill(0xaa), 'Test Using Larger Than Block-Size Key - Hash Key First'),
        ),
        '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
      );
    });

    worldTest(make, 'equal compares contents, and lengths without failing', async ({ hash }) => {
      assert.equal(hash.equal(utf8('same'), utf8('same')), true);
      assert.equal(hash.equal(utf8('same'), utf8('sane')), false);
      assert.equal(hash.equal(utf8('same'), utf8('samesame')), false);
      assert.equal(hash.equal(new Uint8Array(), new Uint8Array()), true);
    });

    worldTest(make, 'what is sealed opens with the same key, nonce and context only', async ({ cipher, random }) => {
      const key = random.bytes(32);
      const nonce = random.bytes(12);
      for (const length of [0, 1, 31, 32, 33, 1000]) {
        const plaintext = random.bytes(length);
        const sealed = cipher.seal(key, nonce, plaintext, utf8('context'));
        assert.deepEqual(cipher.open(key, nonce, sealed, utf8('context'))?.length, length);
        assert.equal(hexOf(cipher.open(key, nonce, sealed, utf8('context')) ?? utf8('no')), hexOf(plaintext));
        assert.equal(cipher.open(random.bytes(32), nonce, sealed, utf8('context')), undefined);
        assert.equal(cipher.open(key, random.bytes(12), sealed, utf8('context')), undefined);
        assert.equal(cipher.open(key, nonce, sealed, utf8('other')), undefined);
        const changed = Uint8Array.from(sealed);
        changed[0] = (changed[0] ?? 0) ^ 1;
        assert.equal(cipher.open(key, nonce, changed, utf8('context')), undefined);
        assert.equal(cipher.open(key, nonce, sealed.subarray(1), utf8('context')), undefined);
      }
    });

    worldTest(make, 'a digest of parts is that of the whole', async ({ hash }) => {
      const sha256 = hash.startSha256();
      const md5 = hash.startMd5();
      const sha1 = hash.startSha1();
      for (const part of ['a', '', 'bc']) {
        sha256.update(utf8(part));
        md5.update(utf8(part));
        sha1.update(utf8(part));
      }
      assert.equal(sha256.hex(), hash.sha256Hex('abc'));
      assert.equal(md5.hex(), hash.md5Hex('abc'));
      assert.equal(sha1.hex(), 'a9993e364706816aba3e25717850c26c9cd0d89d', 'the vector of FIPS 180-4');
      assert.equal(hash.startSha256().hex(), hash.sha256Hex(''));
    });

    worldTest(make, 'a digest is not overwritten by the next', async ({ hash }) => {
      const first = hash.sha256('abc');
      const kept = hexOf(first);
      hash.sha256('other');
      hash.hmacSha256('other', 'other');
      assert.equal(hexOf(first), kept);
    });
  });
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
