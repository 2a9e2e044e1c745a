/** A public RSA key, big-endian as JSON Web Keys have it. */
export interface RsaPublicKey {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/**
 * Whether a signature (RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017 section 8.2.2) is the key's over the digest. Nothing here
 * is secret, so plain arithmetic will do. The whole encoded message is compared: forgeries live in what is left out.
 */
export function isRsaSha256Signature(key: RsaPublicKey, digest: Uint8Array, signature: Uint8Array): boolean {
  const modulus = toInteger(key.modulus);
  const exponent = toInteger(key.exponent);
  const length = Math.ceil(modulus.toString(16).length / 2);
  if (length < shortestModulusBytes || length > longestModulusBytes || signature.length !== length) return false;
  if (exponent < 3n || exponent > 0xffff_ffffn || exponent % 2n === 0n) return false;
  const value = toInteger(signature);
  if (value >= modulus) return false;
  const padding = '01'.padEnd(2 * (length - 2 - digestPrefix.length / 2 - 32), 'f');
  const expected = `00${padding}00${digestPrefix}${toHex(digest)}`;
  return (
    power(value, exponent, modulus)
      .toString(16)
      .padStart(2 * length, '0') === expected
  );
}

const shortestModulusBytes = 256;
const longestModulusBytes = 1024;
/** The DER of a DigestInfo of SHA-256, up to the digest. */
const digestPrefix = '3031300d060960864801650304020105000420';

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function toInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
