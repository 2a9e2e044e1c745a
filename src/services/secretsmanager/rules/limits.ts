export const limits = {
  valueBytes: 65_536,
  tags: 50,
  page: 100,
  batch: 20,
  /** Versions without a label go when there are more than these. */
  versions: 100,
} as const;
