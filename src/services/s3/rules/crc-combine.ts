/**
 * The check of two stretches of bytes joined, from the checks of each and the length of the second: how a full-object
 * checksum comes from those of the parts without reading them again. CRCs of ones at both ends, reflected.
 */
export function combineCrcs(
  polynomial: CrcPolynomial,
  parts: readonly { readonly crc: bigint; readonly size: number }[],
): bigint {
  let whole = 0n;
  for (const { crc, size } of parts) whole = multiply(polynomial, whole, power(polynomial, size)) ^ crc;
  return whole;
}

/** Reflected, and how many bits it has. */
export interface CrcPolynomial {
  readonly reflected: bigint;
  readonly bits: number;
}

export const crcPolynomials = {
  CRC32: { reflected: 0xedb88320n, bits: 32 },
  CRC32C: { reflected: 0x82f63b78n, bits: 32 },
  CRC64NVME: { reflected: 0x9a6c9329ac4bc9b5n, bits: 64 },
} as const satisfies Record<string, CrcPolynomial>;

/** x to the power of eight times `bytes`, modulo the polynomial: by it, zeros are appended. */
function power(polynomial: CrcPolynomial, bytes: number): bigint {
  let result = 1n << BigInt(polynomial.bits - 1); // one, reflected
  let square = result >> 8n; // x to the eighth
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(polynomial, result, square);
    square = multiply(polynomial, square, square);
  }
  return result;
}

/** Product modulo the polynomial, of reflected numbers: the highest bit is the constant term. */
function multiply({ reflected, bits }: CrcPolynomial, a: bigint, b: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = bits - 1; bit >= 0; bit -= 1) {
    if ((a >> BigInt(bit)) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ reflected : shifted >> 1n;
  }
  return product;
}
