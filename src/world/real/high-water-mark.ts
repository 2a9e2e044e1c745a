import { hash } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * How far a journal has come, kept apart from it. SQLite drops the end of a damaged log without a word, as if its last
 * commits had never been; this file is what notices. Written after every commit without waiting for the disk, so after
 * a power cut it may lag behind the journal (and notice less), but it is never ahead.
 *
 * Two slots written in turns, so that a torn write leaves the other. A slot is the sequence (8 bytes), the journal's id
 * (16 bytes) and the SHA-256 of both.
 */
export class HighWaterMark {
  readonly #file: number;
  readonly #slot = Buffer.alloc(slotBytes);

  private constructor(file: number) {
    this.#file = file;
  }

  static open(path: string): HighWaterMark {
    return new HighWaterMark(openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600));
  }

  /** The highest mark of the file, of whichever journal; undefined when no slot is whole. */
  read(): Mark | undefined {
    const marks = [0, 1].map((slot) => this.#readSlot(slot)).filter((mark) => mark !== undefined);
    return marks.reduce<Mark | undefined>(
      (best, mark) => (best && best.sequence > mark.sequence ? best : mark),
      undefined,
    );
  }

  write({ journalId, sequence }: Mark): void {
    this.#writeSlot(sequence % 2, journalId, sequence);
  }

  /** Forgets what was, for a journal that begins anew or whose loss is accepted. */
  reset({ journalId, sequence }: Mark): void {
    this.#writeSlot(0, journalId, sequence);
    this.#writeSlot(1, journalId, sequence);
    this.sync();
  }

  sync(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #readSlot(slot: number): Mark | undefined {
    if (readSync(this.#file, this.#slot, 0, slotBytes, slot * slotDistance) < slotBytes) return undefined;
    if (!hash('sha256', this.#slot.subarray(0, 24), 'buffer').equals(this.#slot.subarray(24))) return undefined;
    return { sequence: Number(this.#slot.readBigUInt64BE(0)), journalId: this.#slot.toString('hex', 8, 24) };
  }

  #writeSlot(slot: number, journalId: string, sequence: number): void {
    this.#slot.writeBigUInt64BE(BigInt(sequence), 0);
    this.#slot.write(journalId, 8, 'hex');
    hash('sha256', this.#slot.subarray(0, 24), 'buffer').copy(this.#slot, 24);
    writeSync(this.#file, this.#slot, 0, slotBytes, slot * slotDistance);
  }
}

export interface Mark {
  /** 32 hex digits. */
  readonly journalId: string;
  readonly sequence: number;
}

const slotBytes = 56;
/** Each slot in a sector of its own: a sector is what a disk writes whole. */
const slotDistance = 4096;
