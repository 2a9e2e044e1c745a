/**
 * Bytes as lower-case hex digits, two a byte. Made in one piece: ids are asked for several times a request, and text
 * added up digit by digit stays a tree of its pieces in memory. At most a few thousand bytes: each is an argument.
 */
export function hex(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    codes[index * 2] = digits.charCodeAt(byte >> 4);
    codes[index * 2 + 1] = digits.charCodeAt(byte & 15);
  }
  return String.fromCharCode(...codes);
}

/** 32 hex digits in the form of a UUID, 8-4-4-4-12. */
export function asUuid(digits: string): string {
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

const digits = '0123456789abcdef';
