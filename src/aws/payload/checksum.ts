import { decodeHex } from '../../core/hex-decode.ts';
import type { Hash } from '../../world/world.ts';
import { encodeBase64 } from '../protocols/base64.ts';
import { startCrc32, startCrc32c, startCrc64nvme } from './crc.ts';

/** A checksum of bytes that come in parts, in base64 as S3's headers carry it. */
export interface RunningChecksum {
  update(data: Uint8Array): void;
  /** Ends it. */
  base64(): string;
}

/** The checksums that are checked, in the order in which they are looked for. MD5 is another thing: see Content-MD5. */
export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

/** Such as x-amz-checksum-crc32. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function checksumAlgorithmOf(header: string): ChecksumAlgorithm | undefined {
  return checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === header);
}

/** Algorithms that S3 has and that are not checked here: a client that relies on one is told so. */
export function isUncheckedChecksum(header: string): boolean {
  return /^x-amz-checksum-(sha512|md5|xxhash64|xxhash3|xxhash128)$/.test(header);
}

export function startChecksum(algorithm: ChecksumAlgorithm, hash: Hash): RunningChecksum {
  switch (algorithm) {
    case 'CRC32':
      return ofCrc(startCrc32());
    case 'CRC32C':
      return ofCrc(startCrc32c());
    case 'CRC64NVME':
      return ofCrc(startCrc64nvme());
    case 'SHA1':
      return ofDigest(hash.startSha1());
    case 'SHA256':
      return ofDigest(hash.startSha256());
  }
}

function ofCrc(crc: { update(data: Uint8Array): void; bytes(): Uint8Array }): RunningChecksum {
  return { update: (data) => crc.update(data), base64: () => encodeBase64(crc.bytes()) };
}

function ofDigest(digest: { update(data: Uint8Array): void; hex(): string }): RunningChecksum {
  return { update: (data) => digest.update(data), base64: () => encodeBase64(decodeHex(digest.hex())) };
}
