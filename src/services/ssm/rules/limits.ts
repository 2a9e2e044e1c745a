export const limits = {
  standardBytes: 4096,
  advancedBytes: 8192,
  versions: 100,
  labels: 10,
  tags: 50,
  page: 50,
  pageByPath: 10,
  names: 10,
} as const;
