/** What S3 allows, as AWS publishes it. */
export const limits = {
  keyBytes: 1024,
  metadataBytes: 2048,
  /** Of one PutObject or part. */
  objectBytes: 5 * 1024 ** 3,
  /** Of any part but the last. */
  smallestPartBytes: 5 * 1024 ** 2,
  parts: 10_000,
  listPage: 1000,
  deletedAtOnce: 1000,
  objectTags: 10,
  bucketTags: 50,
  policyBytes: 20 * 1024,
} as const;
