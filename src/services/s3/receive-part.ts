import type { Call } from '../../aws/operation.ts';
import type { ReceivedBody } from '../../aws/payload/received-body.ts';
import type { Instant } from '../../core/instant.ts';
import type { Store } from '../../store/store.ts';
import { quoted } from './object-view.ts';
import type { S3Parts } from './parts.ts';
import { receiveContent } from './receive-content.ts';
import { uploadOf } from './references.ts';
import { parts as partsTable } from './tables.ts';

/** Stores a body as a part of an upload, in the place of one of the same number. Gives what its client is told of it. */
export async function receivePart(
  { call, store, parts }: { readonly call: Call; readonly store: Store; readonly parts: S3Parts },
  input: Parameters<typeof uploadOf>[1] & { readonly PartNumber: number },
  body: ReceivedBody | undefined,
  contentMd5: string | undefined,
): Promise<{ readonly view: { readonly ETag: string }; readonly storedAt: Instant }> {
  return receiveContent(parts, body, contentMd5, async (content) => {
    const checksum = body?.checksum();
    const storedAt = await store.update((tx, env) => {
      uploadOf(tx, input, call); // it may have been completed or aborted meanwhile
      tx.put(partsTable, {
        uploadId: input.UploadId,
        partNumber: input.PartNumber,
        size: content.size,
        etag: content.md5,
        lastModifiedAt: env.now,
        segments: content.segments,
        ...(checksum && { checksum }),
      });
      return env.now;
    });
    const view = {
      ETag: quoted(content.md5),
      ...(checksum && { [`Checksum${checksum.algorithm}`]: checksum.value }),
    };
    return { view, storedAt };
  });
}
