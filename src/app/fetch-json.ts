import type { Net } from '../world/net.ts';

const timeoutMs = 10_000;
const longestBytes = 256 * 1024;

/** Fetches what identity providers publish of themselves. Redirects are not followed. */
export function fetchJsonOver(net: Net): (url: string) => Promise<unknown> {
  return async (url) => {
    const { status, body } = await net.request({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      timeoutMs,
    });
    if (status !== 200) throw new Error(`${url} answered with status ${status}`);
    if (body.length > longestBytes) throw new Error(`${url} answered with ${body.length} bytes`);
    return JSON.parse(new TextDecoder().decode(body));
  };
}
