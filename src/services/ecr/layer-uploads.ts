import type { Call } from '../../aws/operation.ts';
import type { Store } from '../../store/store.ts';
import { uploadNotFound } from './errors.ts';
import type { EcrParts } from './parts.ts';
import { type RepositoryInput, repositoryNamed } from './references.ts';
import type { RepositoryRecord } from './tables.ts';
import { isUploadOf } from './tokens.ts';

/** The upload of a request and how far it has come. Throws RepositoryNotFoundException or UploadNotFoundException. */
export async function uploadNamed(
  store: Store,
  { hash, files }: Pick<EcrParts, 'hash' | 'files'>,
  call: Call,
  input: RepositoryInput & { readonly uploadId: string },
): Promise<{ readonly repository: RepositoryRecord; readonly receivedBytes: number }> {
  const { uploadId } = input;
  const { repository, isOwn } = store.view((reader) => {
    const found = repositoryNamed(reader, call, input);
    return { repository: found, isOwn: isUploadOf(reader, hash, found.id, uploadId) };
  });
  const receivedBytes = isOwn ? await files.uploadedBytes(uploadId) : undefined;
  if (receivedBytes === undefined) throw uploadNotFound(uploadId.slice(0, 200), repository.name, repository.accountId);
  return { repository, receivedBytes };
}
