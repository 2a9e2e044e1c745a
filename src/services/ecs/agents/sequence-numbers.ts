import type { Store, Transaction } from '../../../store/store.ts';
import { containerInstances } from '../tables.ts';

/**
 * Sequence numbers for one instance's payloads and manifests. The agent keeps the highest it has seen for ever and
 * drops what is not above it, so no number may come twice or go back, not even over a crash of the server: numbers are
 * taken from a block whose end is durable in the instance's record before the first of it is used. A block starts at
 * the time in microseconds where that is higher, so that a server which lost its state still counts above the old one.
 */
export class SequenceNumbers {
  readonly #store: Store;
  readonly #instanceArn: string;
  #next = 0;
  #last = -1;

  constructor(store: Store, instanceArn: string) {
    this.#store = store;
    this.#instanceArn = instanceArn;
  }

  /** Resolves with undefined when the instance is no more. */
  async take(): Promise<number | undefined> {
    if (this.#next > this.#last) {
      const block = await this.#store.update((tx, env) => reserve(tx, this.#instanceArn, env.now));
      if (!block) return undefined;
      this.#next = block.first;
      this.#last = block.last;
    }
    this.#next += 1;
    return this.#next - 1;
  }
}

const blockSize = 10_000;

function reserve(
  tx: Transaction,
  instanceArn: string,
  nowMs: number,
): { readonly first: number; readonly last: number } | undefined {
  const instance = tx.get(containerInstances, instanceArn);
  if (!instance) return undefined;
  const first = Math.max(instance.reservedSequence, nowMs * 1000) + 1;
  const last = first + blockSize - 1;
  tx.put(containerInstances, { ...instance, reservedSequence: last });
  return { first, last };
}
