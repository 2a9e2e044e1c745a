import type { RequestHead } from './request-head.ts';

/** The path of an S3 request in path style, `/bucket/key`, whichever style it came in. Undecoded. */
export function s3Path(head: RequestHead, hosts: ReadonlySet<string>): string {
  const bucket = bucketOfHost(head.headers.get('host') ?? '', hosts);
  if (bucket !== undefined) return `/${bucket}${head.path.startsWith('/') ? '' : '/'}${head.path}`;
  return /^\/[^/]+$/.test(head.path) ? `${head.path}/` : head.path;
}

/**
 * The bucket that a virtual-hosted request names in its Host: `bucket.localhost`, `bucket.s3.localhost`, AWS's own
 * `bucket.s3.<region>.amazonaws.com`, or `bucket.` before a name under which the server is reached. `s3.…` is no bucket.
 */
export function bucketOfHost(host: string, hosts: ReadonlySet<string>): string | undefined {
  const name = host.replace(/:[0-9]{1,5}$/, '').toLowerCase();
  const base = baseOf(name, hosts);
  if (base === undefined) return undefined;
  const before = name.slice(0, -base.length - 1);
  const found = /^(.+?)\.s3(?:[.-][a-z]{2}(?:-[a-z]+)+-[0-9])?$/.exec(before);
  if (found?.[1]) return found[1];
  if (/^s3(?:[.-][a-z]{2}(?:-[a-z]+)+-[0-9])?$/.test(before) || base === 'amazonaws.com') return undefined;
  return before;
}

function baseOf(name: string, hosts: ReadonlySet<string>): string | undefined {
  for (const base of ['localhost', 'amazonaws.com', ...hosts]) {
    if (name.endsWith(`.${base}`) && !/^[0-9.]+$|:/.test(base)) return base;
  }
  return undefined;
}
