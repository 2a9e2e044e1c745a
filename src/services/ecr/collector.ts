import { startRecurringLook } from '../../control/recurring-look.ts';
import type { Store } from '../../store/store.ts';
import { removalBudget } from './image-writes.ts';
import type { EcrParts } from './parts.ts';
import { layerPromiseMs, uploadLifeMs } from './rules/limits.ts';
import { deletedRepositories, imageKey, images, imageTags, layers, tagKey } from './tables.ts';
import { uploadBegunAt } from './tokens.ts';

const everyMs = 60 * 60 * 1000;
/** Rests between two looks, so that deleting many repositories is one look. */
const restMs = 1000;

type CollectorParts = Pick<EcrParts, 'files' | 'clock' | 'log'>;

/**
 * The edge that lets go of bytes: what deleted repositories held, layers that no image holds and nobody was promised
 * within the last hour, blobs that no repository has, uploads that nobody finished. It acts on durable state only; a look
 * that fails is repeated by the next. Returns what stops it.
 */
export function startCollector(store: Store, parts: CollectorParts): () => Promise<void> {
  const looks = startRecurringLook(parts.clock, everyMs, () =>
    collect(store, parts).catch((error: unknown) => parts.log.error('ecr.collection-failed', { error: String(error) })),
  );
  const stopWatching = store.watch(deletedRepositories, () => looks.within(restMs));
  looks.within(restMs);
  return async () => {
    stopWatching();
    await looks.stop();
  };
}

/** One look. Exported for tests. */
export async function collect(store: Store, parts: CollectorParts): Promise<void> {
  for (const { id } of store.view((reader) => [...reader.list(deletedRepositories)])) await emptyRepository(store, id);
  await dropUnheldLayers(store, parts);
  await dropUnknownBlobs(store, parts);
  for (const uploadId of await parts.files.uploads()) {
    const begunAt = uploadBegunAt(uploadId);
    if (begunAt !== undefined && parts.clock.now() - begunAt < uploadLifeMs) continue;
    await parts.files.cancelUpload(uploadId).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'UploadBusy')) throw error; // it is still being sent
    });
  }
}

/** Everything that a deleted repository had, a transaction at a time; then what remembers it. */
async function emptyRepository(store: Store, repositoryId: string): Promise<void> {
  for (;;) {
    const isEmpty = await store.update((tx) => {
      let left = removalBudget;
      for (const { tag } of take(tx.find(imageTags, 'repository', repositoryId), left)) {
        tx.delete(imageTags, tagKey(repositoryId, tag));
        left -= 1;
      }
      for (const { digest } of take(tx.find(images, 'repository', repositoryId), left)) {
        tx.delete(images, imageKey(repositoryId, digest));
        left -= 1;
      }
      for (const { digest } of take(tx.find(layers, 'repository', repositoryId), left)) {
        tx.delete(layers, imageKey(repositoryId, digest));
        left -= 1;
      }
      if (left > 0) tx.delete(deletedRepositories, repositoryId);
      return left > 0;
    });
    if (isEmpty) return;
  }
}

async function dropUnheldLayers(store: Store, { clock }: CollectorParts): Promise<void> {
  const before = clock.now() - layerPromiseMs;
  const old = store.view((reader) =>
    [...reader.list(layers)]
      .map((layer) => ({ key: imageKey(layer.repositoryId, layer.digest), promisedAt: layer.promisedAt }))
      .filter(({ key, promisedAt }) => promisedAt < before && reader.count(images, 'blob', key) === 0),
  );
  for (let at = 0; at < old.length; at += removalBudget) {
    await store.update((tx) => {
      for (const { key } of old.slice(at, at + removalBudget)) {
        const layer = tx.get(layers, key); // it may have been promised or taken up meanwhile
        if (layer && layer.promisedAt < before && tx.count(images, 'blob', key) === 0) tx.delete(layers, key);
      }
    });
  }
}

async function dropUnknownBlobs(store: Store, { files }: CollectorParts): Promise<void> {
  const isKnown = (digest: string): boolean =>
    store.view((reader) => reader.count(layers, 'digest', digest) + reader.count(images, 'digest', digest) > 0);
  for await (const digest of files.digests()) {
    if (isKnown(digest)) continue;
    await files.removeIf(digest, async () => {
      await store.durable(); // what is seen may not be durable yet, and the bytes of what comes back are needed
      return !isKnown(digest);
    });
  }
}

function take<Item>(items: Iterable<Item>, count: number): readonly Item[] {
  const taken: Item[] = [];
  for (const item of items) {
    if (taken.length >= count) break;
    taken.push(item);
  }
  return taken;
}
