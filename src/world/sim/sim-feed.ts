import type { SimLife } from './sim-life.ts';

/** Items that come over time, for one reader: what the port shows as an AsyncIterable. */
export class Feed<T> {
  readonly #life: SimLife;
  readonly #signal: AbortSignal;
  #waiting: T[] = [];
  #wake: (() => void) | undefined;
  #end: { readonly error?: Error } | undefined;

  constructor(life: SimLife, signal: AbortSignal) {
    this.#life = life;
    this.#signal = signal;
  }

  push(item: T): void {
    if (this.#end) return;
    this.#waiting.push(item);
    this.#notify();
  }

  /** No more will come; with an error the iteration throws it. */
  end(error?: Error): void {
    this.#end ??= error ? { error } : {};
    this.#notify();
  }

  /** To be iterated once. `finish` runs when the reader is done, however that comes. */
  async *items(finish: () => void): AsyncGenerator<T> {
    try {
      while (!this.#signal.aborted) {
        const [item] = this.#waiting;
        if (item !== undefined) {
          this.#waiting.shift();
          yield item;
        } else if (this.#end) {
          if (this.#end.error) throw this.#end.error;
          return;
        } else {
          await this.#more();
        }
      }
    } finally {
      finish();
    }
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake) this.#life.soon(wake);
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      this.#signal.addEventListener('abort', wake, { once: true });
    });
  }
}
