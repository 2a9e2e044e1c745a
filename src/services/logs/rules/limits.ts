/** Limits of CloudWatch Logs, from its API reference where nothing else is said. */
export const limits = {
  nameLength: 512,
  batchBytes: 1_048_576,
  batchEvents: 10_000,
  batchSpanMs: 24 * 60 * 60 * 1000,
  oldestEventMs: 14 * 24 * 60 * 60 * 1000,
  newestEventMs: 2 * 60 * 60 * 1000,
  describePage: 50,
  eventsPage: 10_000,
  pageBytes: 1024 * 1024,
  filterStreamNames: 100,
  filterPatternLength: 1024,
  tags: 50,
  liveTailGroups: 10,
  /** Ours: what one FilterLogEvents looks through before it answers with what it has and a token. */
  scanBytes: 16 * 1024 * 1024,
  /** Ours: how often a stream that is written to has its record of activity written. */
  activityEveryMs: 60_000,
} as const;

export const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const dayMs = 24 * 60 * 60 * 1000;
