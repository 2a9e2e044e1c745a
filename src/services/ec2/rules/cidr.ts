import { assert } from '../../../core/assert.ts';

/** An IPv4 block: addresses as unsigned 32-bit numbers. */
export interface Cidr {
  readonly first: number;
  readonly last: number;
  readonly prefixLength: number;
}

/** Reads `a.b.c.d/n`; undefined when it is not a block or has bits set beyond its prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefixLength = 0] = match.slice(1).map(Number);
  if (prefixLength > 32 || [a, b, c, d].some((octet) => octet > 255)) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefixLength);
  return first % size === 0 ? { first, last: first + size - 1, prefixLength } : undefined;
}

/** A block that our own tables hold, so that it must be one. */
export function knownCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  assert(cidr, `${text} is an IPv4 block`);
  return cidr;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** AWS keeps the first four addresses of a subnet (network, router, DNS, future use) and the last (broadcast). */
export function usableAddresses(block: Cidr): { readonly first: number; readonly last: number } {
  return { first: block.first + 4, last: block.last - 1 };
}

/** The subnet's router: its second address. */
export function gatewayOf(block: Cidr): string {
  return formatAddress(block.first + 1);
}
