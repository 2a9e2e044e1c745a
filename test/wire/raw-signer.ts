import { createHash, createHmac } from 'node:crypto';
import type { RawHeaders } from '../../src/world/net.ts';

/**
 * Signs a canonical request that a test has written out by hand. It shares no code with the verifier, so what the two
 * agree on is the specification and not a common mistake.
 */
export function signCanonical(canonical: string | Buffer, options: RawSigning): string {
  const { secret, accessKeyId = 'AKIDEXAMPLE', date, region, service, signedHeaders } = options;
  const day = options.day ?? date.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', date, scope, digest].join('\n');
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of [day, region, service, 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  const signature = createHmac('sha256', key).update(text).digest('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

export interface RawSigning {
  readonly secret: string;
  readonly accessKeyId?: string;
  /** ISO 8601 basic. */
  readonly date: string;
  /** Where the scope is to say another day than the date. */
  readonly day?: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: string;
}

/** A request written as it goes over the wire: a line, header lines, an empty line and a body. One character per byte. */
export function parseRaw(text: string): RawParsed {
  const end = text.indexOf('\n\n');
  const [line = '', ...headerLines] = (end === -1 ? text : text.slice(0, end)).split('\n');
  const [method = '', ...target] = line.replace(/ HTTP\/1\.1$/, '').split(' ');
  const headers: [string, string][] = [];
  for (const header of headerLines) {
    const last = headers.at(-1);
    if (/^\s/.test(header) && last) last[1] += `\n${header}`;
    else headers.push([header.slice(0, header.indexOf(':')), header.slice(header.indexOf(':') + 1)]);
  }
  return { method, target: target.join(' '), headers, body: end === -1 ? '' : text.slice(end + 2) };
}

export interface RawParsed {
  readonly method: string;
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: string;
}

/** Text as the host's HTTP parser gives it: UTF-8 bytes, a character each. */
export function asReceived(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
