import { hex } from '../../core/hex.ts';
import type { Hash } from '../../world/world.ts';
import { AwsError } from '../error.ts';
import type { SignatureSeal } from '../sigv4.ts';

/**
 * The content inside an `aws-chunked` body: `<hex size>[;chunk-signature=<hex>]\r\n<bytes>\r\n` until a chunk of size 0,
 * then trailers. Each chunk is given out before its signature is known, so nothing may be kept unless the iteration
 * comes to its end: what is wrong is thrown from it.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Uint8Array>,
  form: ChunkedForm,
  hash: Hash,
): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(source);
  const signer = form.seal ? new ChunkSigner(form.seal, hash) : undefined;
  try {
    for (;;) {
      const { size, signature } = readChunkHead(await reader.line());
      const digest = signer ? hash.startSha256() : undefined;
      let left = size;
      while (left > 0) {
        const part = await reader.atMost(left);
        left -= part.length;
        digest?.update(part);
        yield part;
      }
      if (digest) signer?.check(signature, digest.hex());
      if (size === 0) break;
      if ((await reader.line()) !== '') throw malformed('A chunk is not as long as it says.');
    }
    form.onTrailers(await readTrailers(reader, form, signer));
  } finally {
    await reader.close();
  }
}

export interface ChunkedForm {
  /** Where each chunk is signed: the signature of the head, which the first one continues. */
  readonly seal: SignatureSeal | undefined;
  readonly hasTrailer: boolean;
  /** Told, by lower-case name, when all has been read and verified. */
  readonly onTrailers: (trailers: ReadonlyMap<string, string>) => void;
}

/** The longest line: a chunk's head or a trailer. */
const lineLimit = 4096;
const trailersLimit = 20;

function readChunkHead(line: string): { readonly size: number; readonly signature: string | undefined } {
  const found = /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (!found?.[1]) throw malformed('A chunk of the body does not begin with its size.');
  return { size: Number.parseInt(found[1], 16), signature: found[2] };
}

async function readTrailers(
  reader: ByteReader,
  form: ChunkedForm,
  signer: ChunkSigner | undefined,
): Promise<ReadonlyMap<string, string>> {
  const trailers = new Map<string, string>();
  let signature: string | undefined;
  for (;;) {
    const line = await reader.lineOrEnd();
    if (line === undefined) break;
    if (line === '') continue; // one stands before the signature in AWS's own example
    const mark = line.indexOf(':');
    const name = line.slice(0, mark).trim().toLowerCase();
    if (mark < 1 || trailers.has(name) || trailers.size >= trailersLimit) throw malformedTrailer();
    if (name === 'x-amz-trailer-signature') {
      if (signature !== undefined) throw malformedTrailer();
      signature = line.slice(mark + 1).trim();
    } else {
      trailers.set(name, line.slice(mark + 1).trim());
    }
  }
  if (!form.hasTrailer && (trailers.size > 0 || signature !== undefined)) throw malformedTrailer();
  if (form.hasTrailer && signer) signer.checkTrailers(signature, trailers);
  return trailers;
}

/** Each signature covers the one before, so that no chunk can be left out, doubled or moved. */
class ChunkSigner {
  readonly #seal: SignatureSeal;
  readonly #hash: Hash;
  readonly #scope: string;
  #previous: string;

  constructor(seal: SignatureSeal, hash: Hash) {
    const { day, region, service } = seal.scope;
    this.#seal = seal;
    this.#hash = hash;
    this.#scope = `${day}/${region}/${service}/aws4_request`;
    this.#previous = hex(seal.signature);
  }

  check(signature: string | undefined, contentHash: string): void {
    const nothing = this.#hash.sha256Hex('');
    this.#verify(signature, `AWS4-HMAC-SHA256-PAYLOAD\n${this.#context()}\n${nothing}\n${contentHash}`);
  }

  checkTrailers(signature: string | undefined, trailers: ReadonlyMap<string, string>): void {
    const lines = [...trailers].map(([name, value]) => `${name}:${value}\n`).sort();
    const canonical = this.#hash.sha256Hex(lines.join(''));
    this.#verify(signature, `AWS4-HMAC-SHA256-TRAILER\n${this.#context()}\n${canonical}`);
  }

  #context(): string {
    return `${this.#seal.date}\n${this.#scope}\n${this.#previous}`;
  }

  #verify(signature: string | undefined, text: string): void {
    const expected = this.#hash.hmacSha256(this.#seal.signingKey, text);
    const encoder = new TextEncoder();
    const given = encoder.encode(signature ?? '');
    if (!this.#hash.equal(encoder.encode(hex(expected)), given)) {
      throw new AwsError(
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
        { status: 403 },
      );
    }
    this.#previous = signature ?? '';
  }
}

/** Takes lines and stretches of bytes from parts of any size. */
class ByteReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #part: Uint8Array = new Uint8Array();
  #at = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** Up to `count` bytes, at least one. Throws where the body ends. */
  async atMost(count: number): Promise<Uint8Array> {
    if (!(await this.#fill())) throw incomplete();
    const part = this.#part.subarray(this.#at, this.#at + count);
    this.#at += part.length;
    return part;
  }

  async line(): Promise<string> {
    const line = await this.lineOrEnd();
    if (line === undefined) throw incomplete();
    return line;
  }

  /** Without its line break, one character a byte; undefined at the end of the body. */
  async lineOrEnd(): Promise<string | undefined> {
    let text = '';
    let isEmpty = true;
    while (await this.#fill()) {
      isEmpty = false;
      const end = this.#part.indexOf(10, this.#at);
      const to = end === -1 ? this.#part.length : end;
      text += String.fromCharCode(...this.#part.subarray(this.#at, Math.min(to, this.#at + lineLimit)));
      this.#at = end === -1 ? to : to + 1;
      if (text.length >= lineLimit) throw malformed('A line of the body is too long.');
      if (end !== -1) return text.endsWith('\r') ? text.slice(0, -1) : text;
    }
    return isEmpty ? undefined : text;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #fill(): Promise<boolean> {
    while (this.#at === this.#part.length) {
      const next = await this.#iterator.next();
      if (next.done) return false;
      this.#part = next.value;
      this.#at = 0;
    }
    return true;
  }
}

function malformed(message: string): AwsError {
  return new AwsError('InvalidRequest', message, { status: 400 });
}

function malformedTrailer(): AwsError {
  return new AwsError(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    { status: 400 },
  );
}

export function incomplete(): AwsError {
  return new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    { status: 400 },
  );
}
