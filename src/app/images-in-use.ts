import { tasks } from '../services/ecs/tables.ts';
import type { Reader } from '../store/store.ts';

/** Digests of the images that tasks run on or are to run on. */
export function imagesInUse(reader: Reader): ReadonlySet<string> {
  const digests = new Set<string>();
  for (const task of reader.list(tasks)) {
    if (task.lastStatus === 'STOPPED') continue;
    for (const { imageDigest, pinnedDigest } of task.containers) {
      if (imageDigest !== undefined) digests.add(imageDigest);
      if (pinnedDigest !== undefined) digests.add(pinnedDigest);
    }
  }
  return digests;
}
