import { type Checksum, startChecksum } from '../../aws/payload/checksum.ts';
import { decodeBase64, encodeBase64 } from '../../aws/protocols/base64.ts';
import { decodeHex } from '../../core/hex-decode.ts';
import type { Hash } from '../../world/world.ts';
import { invalidPart, invalidRequest } from './errors.ts';
import { AwsError } from '../../aws/error.ts';
import { combineCrcs, crcPolynomials } from './rules/crc-combine.ts';
import type { PartRecord, StoredChecksum, UploadRecord } from './tables.ts';

/** The ETag of an object of parts: the MD5 of their MD5s, and how many they are. */
export function partsEtag(parts: readonly PartRecord[], hash: Hash): string {
  const digest = hash.startMd5();
  for (const { etag } of parts) digest.update(decodeHex(etag));
  return `${digest.hex()}-${parts.length}`;
}

/**
 * The checksum of the object that the parts make, where the upload began with an algorithm: the checksum of the parts'
 * checksums, or that of all bytes, which follows from the parts' own. Refuses it where the client says another.
 */
export function completedChecksum(
  upload: UploadRecord,
  parts: readonly PartRecord[],
  given: GivenChecksums,
  hash: Hash,
): StoredChecksum | undefined {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload;
  if (algorithm === undefined || type === undefined) return undefined;
  if (given.ChecksumType !== undefined && given.ChecksumType !== type) {
    throw invalidRequest(
      `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const values = parts.map(({ checksum }) => (checksum?.algorithm === algorithm ? checksum.value : undefined));
  if (values.some((value) => value === undefined)) throw invalidPart();
  const known = values.filter((value) => value !== undefined);
  const value = type === 'FULL_OBJECT' ? ofWhole(algorithm, parts, known) : ofParts(algorithm, known, hash);
  const expected = given[`Checksum${algorithm}`];
  // A client may give the checksum of the parts' checksums without their number.
  if (expected !== undefined && expected !== value && expected !== value.replace(/-[0-9]+$/, '')) {
    throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, {
      status: 400,
    });
  }
  return { algorithm, value, type };
}

type GivenChecksums = Readonly<
  Partial<Record<`Checksum${Checksum['algorithm']}` | 'ChecksumType', string | undefined>>
>;

function ofParts(algorithm: Checksum['algorithm'], values: readonly string[], hash: Hash): string {
  const running = startChecksum(algorithm, hash);
  for (const value of values) running.update(decodeBase64(value) ?? new Uint8Array());
  return `${running.base64()}-${values.length}`;
}

function ofWhole(algorithm: Checksum['algorithm'], parts: readonly PartRecord[], values: readonly string[]): string {
  if (algorithm === 'SHA1' || algorithm === 'SHA256')
    throw invalidRequest('A SHA checksum of an upload is of its parts.');
  const polynomial = crcPolynomials[algorithm];
  const crcs = parts.map(({ size }, index) => ({
    size,
    crc: toNumber(decodeBase64(values[index] ?? '') ?? new Uint8Array()),
  }));
  const whole = combineCrcs(polynomial, crcs);
  const bytes = Uint8Array.from({ length: polynomial.bits / 8 }, (_, index) =>
    Number((whole >> BigInt(polynomial.bits - 8 * (index + 1))) & 255n),
  );
  return encodeBase64(bytes);
}

function toNumber(bytes: Uint8Array): bigint {
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  return number;
}
