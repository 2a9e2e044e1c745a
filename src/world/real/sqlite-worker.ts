import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../core/assert.ts';
import { JournalError, type StoredChange, type StoredRecord } from '../../store/journal.ts';
import { SqliteFile, type SqliteFileOptions } from './sqlite-file.ts';

/**
 * The thread that owns the database: a commit waits for the disk here, while the main thread goes on answering reads
 * and taking in requests for the next group. Messages are worked off one by one, in order.
 */
export type WorkerRequest =
  | { readonly id: number; readonly do: 'load' | 'close' }
  | {
      readonly id: number;
      readonly do: 'commit';
      readonly changes: readonly StoredChange[];
      readonly formatVersion?: number;
    };

export type WorkerReply =
  | { readonly id: 0; readonly opened: { readonly formatVersion: number; readonly warnings: readonly string[] } }
  | { readonly id: number; readonly refused: string }
  | { readonly id: number; readonly records: readonly StoredRecord[] }
  | { readonly id: number; readonly done: true };

const port = parentPort;
assert(port, 'sqlite-worker.ts runs as a worker thread');
const reply = (message: WorkerReply): void => port.postMessage(message);

/** Records go over in parts, so that neither side holds a second copy of everything. */
const partSize = 2000;

let file: SqliteFile | undefined;
refusing(0, () => {
  file = SqliteFile.open(workerData as SqliteFileOptions);
  reply({ id: 0, opened: { formatVersion: file.formatVersion, warnings: file.warnings } });
});

port.on('message', (request: WorkerRequest) => {
  refusing(request.id, () => {
    if (!file) throw new JournalError('the journal is closed');
    if (request.do === 'commit') file.commit(request.changes, request.formatVersion);
    if (request.do === 'load') load(file, request.id);
    if (request.do === 'close') close(file);
    reply({ id: request.id, done: true });
  });
});

function load(opened: SqliteFile, id: number): void {
  let part: StoredRecord[] = [];
  for (const record of opened.load()) {
    part.push(record);
    if (part.length < partSize) continue;
    reply({ id, records: part });
    part = [];
  }
  if (part.length > 0) reply({ id, records: part });
}

function close(opened: SqliteFile): void {
  file = undefined;
  opened.close();
  port?.unref();
}

/** Refusals go back to who asked. Anything else, a FatalJournalError too, ends the thread, and the main one with it. */
function refusing(id: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    reply({ id, refused: error.message });
  }
}
