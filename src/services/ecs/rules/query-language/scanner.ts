/**
 * The text of a query, read from left to right. What a word may hold depends on where it stands (an argument may be a
 * regular expression, a subject may not), so words are read by kind instead of being cut beforehand.
 */
export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the next word begins. */
  get position(): number {
    this.#skipSpace();
    return this.#at;
  }

  isAtEnd(): boolean {
    return this.position === this.#text.length;
  }

  /** Takes one of the symbols if it comes next; the first that fits, so longer ones stand first. */
  takeSymbol<S extends string>(symbols: readonly S[]): S | undefined {
    this.#skipSpace();
    const found = symbols.find((symbol) => this.#text.startsWith(symbol, this.#at));
    this.#at += found?.length ?? 0;
    return found;
  }

  /** Takes one of the words, in any case, if it comes next and ends there. */
  takeWord<W extends string>(words: readonly W[]): W | undefined {
    this.#skipSpace();
    const word = (/[A-Za-z_]*/y.exec(this.#rest(64))?.[0] ?? '').toLowerCase();
    const found = words.find((candidate) => candidate === word);
    this.#at += found?.length ?? 0;
    return found;
  }

  /** A subject: everything up to a space, an operator or a bracket. */
  takeSubject(): string {
    return this.#takeMatching(/[^\s=!<>()[\],'"]*/y);
  }

  /**
   * An argument: quoted, or bare up to a space, a comma, a closing bracket that was not opened in it, or the next
   * `&&` or `||`. Undefined when there is none. A quote inside quotes is written \' or \"; other backslashes stay, as
   * regular expressions need them.
   */
  takeArgument(): string | undefined {
    this.#skipSpace();
    const quote = this.#text[this.#at];
    return quote === "'" || quote === '"' ? this.#takeQuoted(quote) : this.#takeBare();
  }

  #takeQuoted(quote: string): string | undefined {
    let value = '';
    for (let at = this.#at + 1; at < this.#text.length; at += 1) {
      const character = this.#text[at];
      if (character === quote) {
        this.#at = at + 1;
        return value;
      }
      if (character === '\\' && this.#text[at + 1] === quote) {
        value += quote;
        at += 1;
      } else value += character;
    }
    return undefined;
  }

  #takeBare(): string | undefined {
    const start = this.#at;
    let depth = 0;
    let at = start;
    for (; at < this.#text.length; at += 1) {
      const character = this.#text[at] ?? '';
      if (/\s/.test(character)) break;
      if (character === '\\') at += 1;
      else if ('([{'.includes(character)) depth += 1;
      else if (depth > 0 && ')]}'.includes(character)) depth -= 1;
      else if (depth === 0 && /[)\],'"]/.test(character)) break;
      else if (depth === 0 && (this.#text.startsWith('&&', at) || this.#text.startsWith('||', at))) break;
    }
    this.#at = Math.min(at, this.#text.length);
    return this.#at === start ? undefined : this.#text.slice(start, this.#at);
  }

  #takeMatching(pattern: RegExp): string {
    this.#skipSpace();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #rest(length: number): string {
    return this.#text.slice(this.#at, this.#at + length);
  }
}
