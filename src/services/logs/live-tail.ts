import type { LiveTailSessionLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { eventsOf, type LogBatch } from '../../dataplane/log-files/contract.ts';
import { groupArn } from './references.ts';
import type { LogGroupRecord, LogStreamRecord } from './tables.ts';

/** What live tail sessions of this server hear of: each batch, once it is durable. */
export interface LiveTail {
  publish(group: LogGroupRecord, stream: LogStreamRecord, batch: LogBatch): void;
  subscribe(wanted: TailFilter): TailSubscription;
}

export interface TailFilter {
  readonly groupIds: ReadonlySet<string>;
  readonly stream: (name: string) => boolean;
  readonly message: (message: string) => boolean;
}

export interface TailSubscription {
  /** Takes what came since the last call, at most 500 events; `sampled` says that there were more. */
  take(): { readonly events: readonly LiveTailSessionLogEvent[]; readonly sampled: boolean };
  end(): void;
}

/** What AWS puts into one update; of more, the latest are given and the rest are left out. */
const updateEvents = 500;

export function createLiveTail(): LiveTail {
  const open = new Set<(group: LogGroupRecord, stream: LogStreamRecord, batch: LogBatch) => void>();
  return {
    publish: (group, stream, batch) => {
      for (const hear of open) hear(group, stream, batch);
    },
    subscribe: (wanted) => {
      let held: LiveTailSessionLogEvent[] = [];
      let dropped = false;
      const hear = (group: LogGroupRecord, stream: LogStreamRecord, batch: LogBatch): void => {
        if (!wanted.groupIds.has(group.id) || !wanted.stream(stream.name)) return;
        for (const { timestamp, message } of eventsOf(batch.events)) {
          if (!wanted.message(message)) continue;
          held.push({
            logStreamName: stream.name,
            logGroupIdentifier: groupArn(group),
            message,
            timestamp,
            ingestionTime: batch.ingestionTime,
          });
        }
        if (held.length <= updateEvents) return;
        held = held.slice(-updateEvents);
        dropped = true;
      };
      open.add(hear);
      return {
        take: () => {
          const taken = { events: held, sampled: dropped };
          held = [];
          dropped = false;
          return taken;
        },
        end: () => {
          open.delete(hear);
        },
      };
    },
  };
}
