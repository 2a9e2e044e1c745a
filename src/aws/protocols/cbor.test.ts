import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AwsError } from '../error.ts';
import { decodeCbor } from './cbor-decode.ts';
import { CborFloat, encodeCbor } from './cbor-encode.ts';

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const map = (entries: object): object => Object.assign(Object.create(null), entries);

/** From the examples of RFC 8949, appendix A; those that encodeCbor writes the same way are marked. */
const examples: readonly (readonly [hex: string, value: unknown, isOurs: boolean])[] = [
  ['00', 0, true],
  ['17', 23, true],
  ['1818', 24, true],
  ['1903e8', 1000, true],
  ['1a000f4240', 1_000_000, true],
  ['1b000000e8d4a51000', 1_000_000_000_000, true],
  ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER, true],
  ['1bffffffffffffffff', 2 ** 64, false],
  ['20', -1, true],
  ['3863', -100, true],
  ['3903e7', -1000, true],
  ['3bffffffffffffffff', -(2 ** 64), false],
  ['f90000', 0, false],
  ['f93c00', 1, false],
  ['f93e00', 1.5, false],
  ['f97bff', 65_504, false],
  ['f90001', 5.960464477539063e-8, false],
  ['f9c400', -4, false],
  ['f97c00', Number.POSITIVE_INFINITY, false],
  ['f97e00', Number.NaN, false],
  ['fa47c35000', 100_000, false],
  ['fb3ff199999999999a', 1.1, true],
  ['fbc010666666666666', -4.1, true],
  ['f4', false, true],
  ['f5', true, true],
  ['f6', null, false],
  ['f7', null, false],
  ['c11a514b67b0', new Date(1_363_896_240_000), true],
  ['c1fb41d452d9ec200000', new Date(1_363_896_240_500), true],
  ['40', new Uint8Array(), true],
  ['4401020304', new Uint8Array([1, 2, 3, 4]), true],
  ['60', '', true],
  ['6449455446', 'IETF', true],
  ['62c3bc', 'ü', true],
  ['64f0908591', '𐅑', true],
  ['63efbbbf', '\ufeff', true],
  ['80', [], true],
  ['8301820203820405', [1, [2, 3], [4, 5]], true],
  ['a0', map({}), true],
  ['a26161016162820203', map({ a: 1, b: [2, 3] }), true],
  ['5f42010243030405ff', new Uint8Array([1, 2, 3, 4, 5]), false],
  ['7f657374726561646d696e67ff', 'streaming', false],
  ['9f018202039f0405ffff', [1, [2, 3], [4, 5]], false],
  ['bf61610161629f0203ffff', map({ a: 1, b: [2, 3] }), false],
];

describe('CBOR', () => {
  test('is read and written as in the examples of its standard', () => {
    for (const [hex, value, isOurs] of examples) {
      assert.deepEqual(decodeCbor(bytesOf(hex)), value, hex);
      if (isOurs) assert.equal(hexOf(encodeCbor(value)), hex);
    }
  });

  test('that is not exactly one plain value is refused', () => {
    const malformed = {
      nothing: '',
      'bytes after the value': '0000',
      'a cut number': '19',
      'a cut text': '6461',
      'a longer array than there are bytes': '9a7fffffff',
      'a longer text than there are bytes': '7b7fffffffffffffff',
      'a longer map than there are bytes': 'bb00ffffffffffffff',
      'a break by itself': 'ff',
      'a break in an array of known length': '81ff',
      'a break for a value': 'bf6161ff',
      'a text of bytes': '7f4101ff',
      'a text of texts without length': '7f7fffff',
      'a text that is not UTF-8': '61ff',
      'a key that is a number': 'a10102',
      'a key twice': 'a2616101616102',
      'a number without end': '1f',
      'a reserved length': '1c',
      'a tag of another kind': 'c074',
      'a big number': 'c249010000000000000000',
      'a timestamp that is text': 'c16161',
      'a timestamp that is no number': 'c1f97e00',
      'an unknown simple value': 'f0',
      'a nested depth that no input has': '81'.repeat(100) + '00',
    };
    for (const [what, hex] of Object.entries(malformed)) {
      assert.throws(() => decodeCbor(bytesOf(hex)), { name: 'AwsError', code: 'SerializationException' }, what);
    }
  });

  test('written and read again is the same, whatever it is', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.uint8Array(),
        // Seconds as a double cannot tell the milliseconds of a date far from now apart.
        fc.date({
          noInvalidDate: true,
          min: new Date('0000-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59.999Z'),
        }),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')).map(map),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        assert.deepEqual(decodeCbor(encodeCbor(given)), given);
      }),
    );
    assert.equal(hexOf(encodeCbor(new CborFloat(5))), 'fb4014000000000000', 'a fraction that is whole');
  });

  test('bytes by chance are read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeCbor(bytes);
        } catch (error) {
          assert.ok(error instanceof AwsError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
