import { createHash } from 'node:crypto';

/** What happened, line by line, as one hash: equal for two runs of one seed, or something is not deterministic. */
export class Trace {
  readonly #hash = createHash('sha256');
  #waiting = '';
  readonly #now: () => number;
  readonly #keep: ((line: string) => void) | undefined;
  #lines = 0;

  constructor(now: () => number, keep?: (line: string) => void) {
    this.#now = now;
    this.#keep = keep;
  }

  /** A line that carries its own time. */
  line(text: string): void {
    this.#waiting += `${text}\n`;
    if (this.#waiting.length > blockCharacters) this.#take();
    this.#lines += 1;
    this.#keep?.(text);
  }

  note(source: string, text: string): void {
    this.line(`${this.#now().toFixed(3)} ${source} ${text}`);
  }

  get lines(): number {
    return this.#lines;
  }

  digest(): string {
    this.#take();
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  #take(): void {
    this.#hash.update(this.#waiting);
    this.#waiting = '';
  }
}

/** Hashed at once: a call of the hash costs as much as some hundred characters. */
const blockCharacters = 8192;
