import type { Reader, Store } from '../../store/store.ts';
import { changeOf, type Derivation } from '../../store/table.ts';
import type { S3Parts } from './parts.ts';
import { objectReferences, objects, partReferences, parts, unreferencedContents } from './tables.ts';

/** Notes, in the transaction that dropped the last reference to a content, that its file is to go. */
export const unreferencedByChanges: Derivation = {
  of: [objects, parts],
  derive: (tx, _env, changes) => {
    for (const change of changes) {
      const before = changeOf(objects, change)?.before ?? changeOf(parts, change)?.before;
      for (const { contentId } of before?.segments ?? []) {
        if (!isReferenced(tx, contentId)) tx.put(unreferencedContents, { contentId });
      }
    }
  },
};

/**
 * The edge that removes the files of contents to which nothing refers: those noted by transactions, and at the start
 * those that a crash left without ever having been referred to. It acts on durable state only. Returns what stops it.
 */
export function startContentKeeper(store: Store, s3: Pick<S3Parts, 'files' | 'clock' | 'log'>): () => Promise<void> {
  let isStopped = false;
  let isAsked = false;
  let working: Promise<void> = sweep(store, s3);
  const ask = (): void => {
    if (isStopped || isAsked) return;
    isAsked = true;
    working = working.then(async () => {
      await s3.clock.sleep(restMs); // what is deleted together goes together
      isAsked = false;
      if (!isStopped && (await removeNoted(store, s3))) ask();
    });
  };
  const stopWatching = store.watch(unreferencedContents, (contentId) => {
    if (store.view((reader) => reader.get(unreferencedContents, contentId))) ask();
  });
  ask();
  return async () => {
    isStopped = true;
    stopWatching();
    await working;
  };
}

const restMs = 100;
const atOnce = 500;

/** True when there is more to remove, or something is still being read. */
async function removeNoted(store: Store, { files, log }: Pick<S3Parts, 'files' | 'log'>): Promise<boolean> {
  await store.durable();
  const noted = store.view((reader) => [...reader.list(unreferencedContents)].slice(0, atOnce));
  const removed: string[] = [];
  for (const { contentId } of noted) {
    try {
      // A copy may have come to refer to it since: then the note alone goes.
      const isFree = !store.view((reader) => isReferenced(reader, contentId));
      if (!isFree || (await files.remove(contentId))) removed.push(contentId);
    } catch (error) {
      log.error('the file of an object could not be removed', { contentId, error: String(error) });
    }
  }
  if (removed.length > 0) {
    await store.update((tx) => {
      for (const contentId of removed) tx.delete(unreferencedContents, contentId);
    });
  }
  return noted.length > removed.length ? removed.length > 0 : noted.length === atOnce;
}

/** Removes contents that were received whole and then never came to be part of anything. */
async function sweep(store: Store, { files, log }: Pick<S3Parts, 'files' | 'log'>): Promise<void> {
  try {
    await store.durable();
    for (const contentId of await files.contentIds()) {
      if (!store.view((reader) => isReferenced(reader, contentId))) await files.remove(contentId);
    }
  } catch (error) {
    log.error('the files of objects could not be looked through', { error: String(error) });
  }
}

function isReferenced(reader: Reader, contentId: string): boolean {
  return reader.projected(objectReferences).has(contentId) || reader.projected(partReferences).has(contentId);
}
