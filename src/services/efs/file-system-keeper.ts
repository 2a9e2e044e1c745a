import type { Store } from '../../store/store.ts';
import type { EfsParts } from './parts.ts';
import { accessPoints, type FileSystemRecord, fileSystems } from './tables.ts';

/**
 * The edge that makes the directories of file systems that are being created, and removes those of the ones that are
 * being deleted, and says so in their records. What fails is tried again. Returns what stops it.
 */
export function startFileSystemKeeper(store: Store, efs: EfsParts): () => Promise<void> {
  let isStopped = false;
  let working: Promise<void> = Promise.resolve();
  const ask = (fileSystemId: string): void => {
    working = working.then(async () => {
      if (isStopped) return;
      await store.durable();
      const record = store.view((reader) => reader.get(fileSystems, fileSystemId));
      if (!record) return;
      try {
        await settle(store, efs, record);
      } catch (error) {
        efs.log.error('the directory of a file system could not be prepared', { fileSystemId, error: String(error) });
        efs.clock.after(retryAfterMs, () => ask(fileSystemId));
      }
    });
  };
  const stopWatching = store.watch(fileSystems, ask);
  for (const { fileSystemId } of store.view((reader) => [...reader.list(fileSystems)])) ask(fileSystemId);
  return async () => {
    isStopped = true;
    stopWatching();
    await working;
  };
}

const retryAfterMs = 5000;

/** Also tells where the directory is now: a data directory may have been moved between two starts. */
async function settle(store: Store, { disk, directory }: EfsParts, record: FileSystemRecord): Promise<void> {
  const { fileSystemId } = record;
  const own = `${directory}/${fileSystemId}`;
  if (record.lifeCycleState === 'deleting') {
    await disk.remove(own);
    await store.update((tx) => {
      for (const { accessPointId } of Array.from(tx.find(accessPoints, 'fileSystem', fileSystemId))) {
        tx.delete(accessPoints, accessPointId);
      }
      tx.delete(fileSystems, fileSystemId);
    });
    return;
  }
  if (record.directory === own) return;
  await disk.makeDirectory(`${own}/data`, 0o755);
  // By this file an agent knows that it is on the machine where the file system is.
  await disk.writeAtomic(`${own}/file-system-id`, new TextEncoder().encode(fileSystemId));
  await store.update((tx) => {
    const now = tx.get(fileSystems, fileSystemId);
    if (!now) return;
    const lifeCycleState = now.lifeCycleState === 'creating' ? 'available' : now.lifeCycleState;
    tx.put(fileSystems, { ...now, lifeCycleState, directory: own });
  });
}
