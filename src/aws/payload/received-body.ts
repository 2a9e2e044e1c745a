import type { Hash } from '../../world/world.ts';
import { AwsError } from '../error.ts';
import type { HeadVerified } from '../sigv4.ts';
import { unsignedPayload } from '../sigv4.ts';
import { decodeAwsChunked, incomplete } from './aws-chunked.ts';
import {
  type Checksum,
  checksumAlgorithmOf,
  checksumAlgorithms,
  checksumHeader,
  isUncheckedChecksum,
  startChecksum,
} from './checksum.ts';

/**
 * The content of a request as its client meant it: out of its chunks, as long as declared, and with the hash, the
 * signatures and the checksums that the client gave. What is wrong is thrown from the iteration, at the latest at its
 * end: nothing may be kept of a body whose iteration did not end well. It can be iterated once.
 */
export interface ReceivedBody extends AsyncIterable<Uint8Array> {
  /** Bytes of content. */
  readonly length: number;
  /** The checksum that the client gave and that was found right; known after the end. */
  checksum(): Checksum | undefined;
}

export interface BodyToReceive {
  readonly stream: AsyncIterable<Uint8Array>;
  /** By lower-case name, those included that a presigned URL carries in its query. */
  readonly headers: ReadonlyMap<string, string>;
  readonly verified: HeadVerified;
  /** Whether x-amz-checksum-… is of this body: when an upload is completed, it is of the object that comes of it. */
  readonly isChecksummed: boolean;
}

export function receiveBody(body: BodyToReceive, hash: Hash): ReceivedBody {
  const mode = readMode(body.verified.payloadHash);
  const length = readLength(body.headers, mode.isChunked);
  let trailers: ReadonlyMap<string, string> = new Map();
  const content = mode.isChunked
    ? decodeAwsChunked(
        body.stream,
        {
          seal: mode.isSigned ? body.verified.seal : undefined,
          hasTrailer: mode.hasTrailer,
          onTrailers: (received) => {
            trailers = received;
          },
        },
        hash,
      )
    : body.stream;
  const announced = mode.hasTrailer ? announcedTrailer(body.headers) : undefined;
  const given = body.isChecksummed ? givenChecksum(body.headers, announced) : undefined;
  let checked: Checksum | undefined;
  return {
    length,
    checksum: () => checked,
    async *[Symbol.asyncIterator]() {
      const digest = mode.sha256 === undefined ? undefined : hash.startSha256();
      const running = given ? startChecksum(given.algorithm, hash) : undefined;
      let received = 0;
      for await (const part of interruptible(content)) {
        received += part.length;
        if (received > length) throw incomplete();
        digest?.update(part);
        running?.update(part);
        yield part;
      }
      if (received !== length) throw incomplete();
      if (digest && digest.hex() !== mode.sha256) throw hashMismatch();
      if (announced !== undefined && !trailers.has(announced)) throw missingTrailer();
      if (!given || !running) return;
      const value = given.value ?? trailers.get(checksumHeader(given.algorithm)) ?? '';
      if (running.base64() !== value) throw badChecksum(given.algorithm);
      checked = { algorithm: given.algorithm, value };
    },
  };
}

interface PayloadMode {
  readonly isChunked: boolean;
  readonly isSigned: boolean;
  readonly hasTrailer: boolean;
  /** What the whole body's hash must be. */
  readonly sha256?: string;
}

/** A closed set: a word that is not in it is refused, never taken for "unsigned". */
function readMode(payloadHash: string): PayloadMode {
  if (/^[0-9a-f]{64}$/.test(payloadHash)) {
    return { isChunked: false, isSigned: true, hasTrailer: false, sha256: payloadHash };
  }
  const mode = Object.hasOwn(payloadModes, payloadHash) ? payloadModes[payloadHash] : undefined;
  if (mode) return mode;
  throw new AwsError(
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    { status: 400, members: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payloadHash.slice(0, 200) } },
  );
}

const payloadModes: Readonly<Record<string, PayloadMode>> = {
  [unsignedPayload]: { isChunked: false, isSigned: false, hasTrailer: false },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { isChunked: true, isSigned: false, hasTrailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { isChunked: true, isSigned: true, hasTrailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { isChunked: true, isSigned: true, hasTrailer: true },
};

function readLength(headers: ReadonlyMap<string, string>, isChunked: boolean): number {
  const text = headers.get(isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined && !isChunked && !headers.has('transfer-encoding')) return 0;
  if (text === undefined || !/^[0-9]{1,15}$/.test(text)) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', { status: 411 });
  }
  return Number(text);
}

function announcedTrailer(headers: ReadonlyMap<string, string>): string | undefined {
  const name = headers.get('x-amz-trailer')?.trim().toLowerCase();
  if (name === undefined) return undefined;
  if (isUncheckedChecksum(name)) throw unchecked(name);
  if (checksumAlgorithmOf(name)) return name;
  throw new AwsError('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported', {
    status: 400,
  });
}

interface GivenChecksum {
  readonly algorithm: Checksum['algorithm'];
  /** Absent where it comes in the trailer. */
  readonly value?: string;
}

function givenChecksum(headers: ReadonlyMap<string, string>, announced: string | undefined): GivenChecksum | undefined {
  for (const name of headers.keys()) if (isUncheckedChecksum(name)) throw unchecked(name);
  const found: GivenChecksum[] = [];
  for (const algorithm of checksumAlgorithms) {
    const value = headers.get(checksumHeader(algorithm));
    if (value !== undefined) found.push({ algorithm, value });
  }
  const ofTrailer = announced === undefined ? undefined : checksumAlgorithmOf(announced);
  if (ofTrailer) found.push({ algorithm: ofTrailer });
  if (found.length > 1) {
    throw new AwsError(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
      { status: 400 },
    );
  }
  return found[0];
}

/** What is thrown by the way a body comes in (the client left, or fell silent) is no failure of ours. */
async function* interruptible(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw new AwsError(
      'RequestTimeout',
      'Your socket connection to the server was not read from or written to within the timeout period.',
      { status: 400 },
    );
  }
}

function hashMismatch(): AwsError {
  return new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { status: 400 },
  );
}

function missingTrailer(): AwsError {
  return new AwsError(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    { status: 400 },
  );
}

function badChecksum(algorithm: string): AwsError {
  return new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, {
    status: 400,
  });
}

function unchecked(header: string): AwsError {
  return new AwsError(
    'InvalidRequest',
    `Longshore does not check ${header} yet: use CRC32, CRC32C, CRC64NVME, SHA1 or SHA256.`,
    { status: 400 },
  );
}
