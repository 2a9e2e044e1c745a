/** Whether this came of a disk without space or a quota that is used up: that of the images, or of the journal. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) || isFull(error.cause);
}
