/** Which layers a repository has: what clients are promised, and what they bring. */
import { isDigest, type Digest } from '../../dataplane/registry/contract.ts';
import type { Store } from '../../store/store.ts';
import type { Clock } from '../../world/world.ts';
import { layerPromiseMs } from './rules/limits.ts';
import { imageKey, type LayerRecord, layers } from './tables.ts';

/**
 * The layer, if the repository has it. Whoever is told so may push an image upon it and leave the layer out, so it is
 * kept for the next hour; noted in the state only when the last note is half as old.
 */
export async function promisedLayer(
  store: Store,
  clock: Pick<Clock, 'now'>,
  repositoryId: string,
  digest: string,
): Promise<LayerRecord | undefined> {
  const key = imageKey(repositoryId, digest);
  const layer = store.view((reader) => reader.get(layers, key));
  if (!layer || clock.now() - layer.promisedAt < layerPromiseMs / 2) return layer;
  return await store.update((tx, env) => {
    const present = tx.get(layers, key);
    if (present) tx.put(layers, { ...present, promisedAt: env.now });
    return present;
  });
}

/** Run while the bytes cannot be removed: see BlobFiles.finishUpload. */
export async function addLayer(store: Store, repositoryId: string, digest: Digest, sizeBytes: number): Promise<void> {
  await store.update((tx, env) => tx.put(layers, { repositoryId, digest, sizeBytes, promisedAt: env.now }));
}

/** Gives a repository the layer of another; false when that has it no more. */
export async function mountLayer(store: Store, from: string, to: string, digest: string): Promise<boolean> {
  return await store.update((tx, env) => {
    const source = tx.get(layers, imageKey(from, digest));
    if (!source || !isDigest(source.digest)) return false;
    tx.put(layers, { ...source, repositoryId: to, promisedAt: env.now });
    return true;
  });
}
