/**
 * Whether the last commit survives is unknown: a failed fsync may have dropped pages and a second one would not say so.
 * The process must end without answering anyone; the next start reads what the disk really holds.
 */
export class FatalJournalError extends Error {
  override readonly name = 'FatalJournalError';
  constructor(cause: unknown) {
    super(`the journal failed and what it holds is in doubt: ${String(cause)}`, { cause });
  }
}
