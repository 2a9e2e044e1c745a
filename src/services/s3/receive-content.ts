import type { ReceivedBody } from '../../aws/payload/received-body.ts';
import type { ReceivedContent } from '../../dataplane/object-files/contract.ts';
import { decodeBase64 } from '../../aws/protocols/base64.ts';
import { hex } from '../../core/hex.ts';
import { badDigest, entityTooLarge } from './errors.ts';
import { limits } from './rules/limits.ts';
import type { S3Parts } from './parts.ts';

/**
 * Stores a body and lets `use` refer to it: what it makes of it is durable when it resolves, and when it fails nothing of
 * the body is kept.
 */
export async function receiveContent<T>(
  s3: Pick<S3Parts, 'files'>,
  body: ReceivedBody | undefined,
  contentMd5: string | undefined,
  use: (content: ReceivedContent) => Promise<T>,
): Promise<T> {
  if ((body?.length ?? 0) > limits.objectBytes) throw entityTooLarge(limits.objectBytes);
  const content = await s3.files.receive(body ?? nothing);
  try {
    if (contentMd5 !== undefined && !isMd5(contentMd5, content.md5)) throw badDigest();
    return await use(content);
  } catch (error) {
    await content.discard();
    throw error;
  } finally {
    content.release();
  }
}

const nothing: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
};

function isMd5(base64: string, expected: string): boolean {
  const bytes = decodeBase64(base64);
  return bytes !== undefined && hex(bytes) === expected;
}
