import type { RequestHead } from '../request-head.ts';

/**
 * Whether the request's Host is one of ours. A web page can make its own host name resolve to 127.0.0.1 (DNS
 * rebinding) and is then of the same origin as we are; what it cannot do is send another Host. So this check, and not
 * one of Origin, is what keeps pages out.
 */
export function isAllowedHost(head: RequestHead, allowed: ReadonlySet<string>): boolean {
  if (head.repeated.has('host')) return false;
  const name = hostName(head.headers.get('host') ?? '');
  return name !== undefined && (name === 'localhost' || name.endsWith('.localhost') || allowed.has(name));
}

/**
 * Whether the request comes from a page of another origin. Browsers set Origin on every request that could change
 * something; our own console is of the same origin. Only asked when the Host is one of ours or a signature will tell.
 */
export function isForeignOrigin(head: RequestHead): boolean {
  const origin = head.headers.get('origin');
  if (origin === undefined) return false;
  const host = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1];
  return host === undefined || host.toLowerCase() !== head.headers.get('host')?.toLowerCase();
}

/** Without port, in lower case; of an IPv6 address without its brackets. */
function hostName(host: string): string | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?$/i.exec(host);
  return (found?.[1] ?? found?.[2])?.toLowerCase();
}

/** The names in the form in which isAllowedHost looks them up. */
export function hostSet(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase().replace(/^\[|\]$/g, '')));
}
