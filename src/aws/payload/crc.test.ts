import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type RunningCrc, startCrc32, startCrc32c, startCrc64nvme } from './crc.ts';

const checks = [
  ['CRC-32', startCrc32, 'cbf43926'],
  ['CRC-32C', startCrc32c, 'e3069283'],
  ['CRC-64/NVME', startCrc64nvme, 'ae8b14860a799888'],
] as const;

for (const [name, start, check] of checks) {
  test(`${name} has the check value that its catalogue gives`, () => {
    assert.equal(crcOf(start, [new TextEncoder().encode('123456789')]), check);
  });

  test(`${name} is the same however the bytes are divided`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), fc.nat(100), (bytes, a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        assert.equal(crcOf(start, parts), crcOf(start, [bytes]));
      }),
    );
  });
}

function crcOf(start: () => RunningCrc, parts: readonly Uint8Array[]): string {
  const crc = start();
  for (const part of parts) crc.update(part);
  return Array.from(crc.bytes(), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
