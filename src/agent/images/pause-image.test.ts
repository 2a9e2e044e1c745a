import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pauseArchive } from './pause-image.ts';

for (const [architecture, machine] of [
  ['x86_64', 0x3e],
  ['aarch64', 0xb7],
] as const) {
  test(`the archive for ${architecture} holds one executable whose segment is the whole file`, () => {
    const archive = pauseArchive(architecture);
    assert.equal(archive.length % 512, 0);
    const header = archive.subarray(0, 512);
    const text = (from: number, length: number): string =>
      new TextDecoder().decode(header.subarray(from, from + length));
    assert.equal(text(0, 6), 'pause\0');
    assert.equal(text(257, 5), 'ustar');
    const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    assert.equal(Number.parseInt(text(148, 6), 8), sum);
    const size = Number.parseInt(text(124, 11), 8);
    const file = new DataView(archive.slice(512, 512 + size).buffer);
    assert.equal(file.getUint32(0), 0x7f454c46);
    assert.equal(file.getUint16(18, true), machine);
    assert.equal(file.getBigUint64(96, true), BigInt(size));
    assert.equal(file.getBigUint64(24, true), 0x400000n + 120n);
  });
}
