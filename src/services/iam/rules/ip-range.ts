/** An address or a CIDR block, IPv4 or IPv6, and whether an address lies in it. */
export interface IpRange {
  contains(address: string): boolean;
}

/** Undefined when the text is neither an address nor a block. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const bytes = parseAddress(address);
  if (!bytes || rest.length > 0) return undefined;
  const bits = bytes.length * 8;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  return {
    contains: (other) => {
      const candidate = parseAddress(other);
      return candidate?.length === bytes.length && sameBits(bytes, candidate, length);
    },
  };
}

function sameBits(a: readonly number[], b: readonly number[], length: number): boolean {
  for (let bit = 0; bit < length; bit += 8) {
    const index = bit / 8;
    const shift = Math.max(0, 8 - (length - bit));
    if ((a[index] ?? 0) >> shift !== (b[index] ?? 0) >> shift) return false;
  }
  return true;
}

/** An IPv4 address that came over an IPv6 socket is the IPv4 address. */
function parseAddress(text: string): readonly number[] | undefined {
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, '');
  return plain.includes(':') ? parseV6(plain) : parseV4(plain);
}

function parseV4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.map(Number);
}

function parseV6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}
