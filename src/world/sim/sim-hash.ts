import { joinBytes } from '../../core/join-bytes.ts';
import type { Hash, RunningDigest } from '../world.ts';

/** Digests in plain JavaScript, for the simulator and the browser: FIPS 180-4 (SHA-256, SHA-1), RFC 2104 (HMAC), RFC 1321 (MD5). */
export const simHash: Hash = {
  sha256: (data) => sha256(toBytes(data)),
  sha256Hex: (data) => toHex(sha256(toBytes(data))),
  hmacSha256: (key, data) => hmacSha256(toBytes(key), toBytes(data)),
  md5Hex: (data) => toHex(md5(toBytes(data))),
  startSha256: () => running(sha256),
  startSha1: () => running(sha1),
  startMd5: () => running(md5),
  equal: (a, b) => {
    let difference = a.length ^ b.length;
    for (let at = 0; at < a.length; at += 1) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
    return difference === 0;
  },
};

/** Keeps the parts until the end: simulated bodies are small. */
function running(digest: (data: Uint8Array) => Uint8Array): RunningDigest {
  const parts: Uint8Array[] = [];
  return {
    update: (data) => {
      parts.push(data.slice());
    },
    hex: () => toHex(digest(joinBytes(...parts))),
  };
}

const encoder = new TextEncoder();

function toBytes(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}

function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Both digests work on 64-byte blocks: the data, a 1 bit, zeros, and the length in bits in the last eight bytes. */
function pad(data: Uint8Array, bigEndian: boolean): DataView {
  const length = (((data.length + 8) >> 6) + 1) << 6;
  const padded = new Uint8Array(length);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  const high = Math.floor(data.length / 0x2000_0000);
  const low = (data.length << 3) >>> 0;
  view.setUint32(length - 8, bigEndian ? high : low, !bigEndian);
  view.setUint32(length - 4, bigEndian ? low : high, !bigEndian);
  return view;
}

function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? sha256(key) : key);
  const inner = new Uint8Array(64 + data.length);
  inner.set(block.map((byte) => byte ^ 0x36));
  inner.set(data, 64);
  const outer = new Uint8Array(96);
  outer.set(block.map((byte) => byte ^ 0x5c));
  outer.set(sha256(inner), 64);
  return sha256(outer);
}

/** The first 32 bits of the fractional parts of the roots of the first 64 primes: cube roots, and square roots. */
const primes = firstPrimes(64);
const sha256Rounds = Int32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime)));
const sha256Start = Int32Array.from(primes.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)));

function firstPrimes(count: number): readonly number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

function fractionBits(value: number): number {
  return Math.floor((value - Math.floor(value)) * 0x1_0000_0000) | 0;
}

const rotateRight = (word: number, by: number): number => (word >>> by) | (word << (32 - by));
const rotateLeft = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

function sha256(data: Uint8Array): Uint8Array {
  const view = pad(data, true);
  const state = Int32Array.from(sha256Start);
  const words = new Int32Array(64);
  const word = (at: number): number => words[at] ?? 0;
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(block + 4 * at);
    for (let at = 16; at < 64; at += 1) {
      const early = word(at - 15);
      const late = word(at - 2);
      const s0 = rotateRight(early, 7) ^ rotateRight(early, 18) ^ (early >>> 3);
      const s1 = rotateRight(late, 17) ^ rotateRight(late, 19) ^ (late >>> 10);
      words[at] = word(at - 16) + s0 + word(at - 7) + s1;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
    for (let at = 0; at < 64; at += 1) {
      const s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
      const choice = (e & f) ^ (~e & g);
      const first = (h + s1 + choice + (sha256Rounds[at] ?? 0) + word(at)) | 0;
      const s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + s0 + majority) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, at) => {
      state[at] = (state[at] ?? 0) + value;
    });
  }
  return fromWords(state, false);
}

function sha1(data: Uint8Array): Uint8Array {
  const view = pad(data, true);
  const state = Int32Array.from([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const words = new Int32Array(80);
  const word = (at: number): number => words[at] ?? 0;
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(block + 4 * at);
    for (let at = 16; at < 80; at += 1) {
      words[at] = rotateLeft(word(at - 3) ^ word(at - 8) ^ word(at - 14) ^ word(at - 16), 1);
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
    for (let at = 0; at < 80; at += 1) {
      const [mixed, constant] =
        at < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : at < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : at < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const sum = (rotateLeft(a, 5) + mixed + e + constant + word(at)) | 0;
      e = d;
      d = c;
      c = rotateLeft(b, 30);
      b = a;
      a = sum;
    }
    [a, b, c, d, e].forEach((value, at) => {
      state[at] = (state[at] ?? 0) + value;
    });
  }
  return fromWords(state, false);
}

const md5Shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const md5Sines = Int32Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 0x1_0000_0000) | 0);

function md5(data: Uint8Array): Uint8Array {
  const view = pad(data, false);
  const state = Int32Array.from([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a = 0, b = 0, c = 0, d = 0] = state;
    for (let at = 0; at < 64; at += 1) {
      const round = at >> 4;
      const [mixed, wordAt] =
        round === 0
          ? [(b & c) | (~b & d), at]
          : round === 1
            ? [(d & b) | (~d & c), (5 * at + 1) & 15]
            : round === 2
              ? [b ^ c ^ d, (3 * at + 5) & 15]
              : [c ^ (b | ~d), (7 * at) & 15];
      const sum = (a + mixed + (md5Sines[at] ?? 0) + view.getInt32(block + 4 * wordAt, true)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotateLeft(sum, md5Shifts[4 * round + (at & 3)] ?? 0)) | 0;
    }
    [a, b, c, d].forEach((value, at) => {
      state[at] = (state[at] ?? 0) + value;
    });
  }
  return fromWords(state, true);
}

function fromWords(words: Int32Array, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, at) => view.setInt32(4 * at, word, littleEndian));
  return bytes;
}
