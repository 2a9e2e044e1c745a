import type { Clock, Log, LogFields } from '../world.ts';

/** Collects what happened as lines of text: the trace that two runs of one seed must share. */
export class SimLog implements Log {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #write: (line: string) => void;
  readonly #host: string;
  readonly #lines: string[];

  constructor(clock: Pick<Clock, 'monotonicMs'>, options: SimLogOptions = {}) {
    this.#clock = clock;
    this.#host = options.host ?? '';
    this.#lines = [];
    this.#write = options.write ?? ((line) => this.#lines.push(line));
  }

  /** What was logged; empty where `write` was given. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  info(event: string, fields?: LogFields): void {
    this.#add('info', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.#add('warn', event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.#add('error', event, fields);
  }

  #add(level: string, event: string, fields: LogFields = {}): void {
    const parts = [this.#clock.monotonicMs().toFixed(3), this.#host, level, event].filter((part) => part !== '');
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) parts.push(`${name}=${typeof value === 'string' ? JSON.stringify(value) : value}`);
    }
    this.#write(parts.join(' '));
  }
}

export interface SimLogOptions {
  readonly host?: string;
  /** Takes each line; by default lines are kept in `lines`. */
  readonly write?: (line: string) => void;
}
