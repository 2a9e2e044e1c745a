import { startRecurringLook } from '../../control/recurring-look.ts';
import type { Store } from '../../store/store.ts';
import type { LogsParts } from './parts.ts';
import { oldestKept } from './rules/retention.ts';
import { type LogGroupRecord, logGroups, type LogStreamRecord, logStreams } from './tables.ts';

const everyMs = 60 * 60 * 1000;
/** Rests between two looks, so that deleting a group of many streams is one look. */
const restMs = 1000;

/**
 * The edge that deletes log files: those of streams that are gone, and those past their group's retention. It acts on
 * durable state only, looks when a stream goes, when a group changes and once an hour, and a look that fails is repeated
 * by the next. Returns what stops it.
 */
export function startFileKeeper(store: Store, parts: Pick<LogsParts, 'files' | 'clock' | 'log'>): () => Promise<void> {
  const looks = startRecurringLook(parts.clock, everyMs, () => look(store, parts));
  const stopWatching = [
    store.watch(logGroups, () => looks.within(restMs)),
    store.watch(logStreams, (key) => {
      if (!store.view((reader) => reader.get(logStreams, key))) looks.within(restMs);
    }),
  ];
  looks.within(0);
  return async () => {
    for (const stop of stopWatching) stop();
    await looks.stop();
  };
}

async function look(store: Store, { files, clock, log }: Pick<LogsParts, 'files' | 'clock' | 'log'>): Promise<void> {
  for (const streamId of await files.streams()) {
    try {
      const kept = find(store, streamId);
      if (kept) {
        const before = oldestKept(kept.group, clock.now());
        const { activity } = kept.stream;
        if (before > 0 && (!activity || activity.firstEventAt < before)) await files.dropBefore(streamId, before);
      } else {
        await store.durable(); // what is seen may not be durable yet, and the files of what comes back are needed
        if (!find(store, streamId)) await files.remove(streamId);
      }
    } catch (error) {
      log.error('log files could not be deleted', { streamId, error: String(error) });
    }
  }
}

function find(
  store: Store,
  streamId: string,
): { readonly stream: LogStreamRecord; readonly group: LogGroupRecord } | undefined {
  return store.view((reader) => {
    const [stream] = reader.find(logStreams, 'id', streamId);
    const [group] = stream ? reader.find(logGroups, 'id', stream.groupId) : [];
    return stream && group ? { stream, group } : undefined;
  });
}
