import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type RunningCrc, startCrc32, startCrc32c, startCrc64nvme } from '../../../aws/payload/crc.ts';
import { combineCrcs, crcPolynomials } from './crc-combine.ts';

const starts = { CRC32: startCrc32, CRC32C: startCrc32c, CRC64NVME: startCrc64nvme } as const;

for (const name of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
  test(`${name} of the whole follows from those of the parts`, () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), (parts) => {
        const known = parts.map((part) => ({ crc: crcOf(starts[name], [part]), size: part.length }));
        assert.equal(combineCrcs(crcPolynomials[name], known), crcOf(starts[name], parts));
      }),
      { numRuns: 50 },
    );
  });
}

function crcOf(start: () => RunningCrc, parts: readonly Uint8Array[]): bigint {
  const crc = start();
  for (const part of parts) crc.update(part);
  return crc.bytes().reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
