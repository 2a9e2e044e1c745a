import { invalidParameter } from '../errors.ts';
import { tokensIn, valueTest, valueTokens } from './pattern-value.ts';

/**
 * `{ $.a.b[0] = "x*" && ($.n >= 1 || $.c IS NULL) }` as a test of one message. A message that is not a JSON object or
 * array, and a selector that leads nowhere, do not match. Throws InvalidParameterException.
 */
export function parseJsonPattern(pattern: string): (message: string) => boolean {
  const body = /^\{(.*)\}$/s.exec(pattern)?.[1];
  if (body === undefined) throw invalidParameter('Invalid filter pattern: a JSON pattern ends with }.');
  const parser = new Parser(tokensIn(tokenKinds, body));
  const condition = parser.either();
  parser.end();
  return (message) => {
    const root = parseObject(message);
    return root !== undefined && condition(root);
  };
}

type Condition = (root: object) => boolean;

interface Token {
  readonly kind: 'selector' | 'string' | 'regex' | 'word' | 'operator' | 'paren';
  readonly text: string;
}

const tokenKinds = [
  ['selector', /\s*(\$(?:\.(?:[\w-]+)|\[(?:\d+|"[^"]*")\])*)/y],
  ...valueTokens,
  ['paren', /\s*([()])/y],
  ['word', /\s*([^\s()&|=<>!"]+)/y],
] as const;

/** By descent: either (||) of both (&&) of single conditions. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  either(): Condition {
    const parts = [this.#both()];
    while (this.#takes('operator', '||')) parts.push(this.#both());
    return (root) => parts.some((part) => part(root));
  }

  end(): void {
    const rest = this.#tokens[this.#at];
    if (rest) throw invalidParameter(`Invalid filter pattern: '${rest.text}' was not expected.`);
  }

  #both(): Condition {
    const parts = [this.#single()];
    while (this.#takes('operator', '&&')) parts.push(this.#single());
    return (root) => parts.every((part) => part(root));
  }

  #single(): Condition {
    if (this.#takes('paren', '(')) {
      const inner = this.either();
      if (!this.#takes('paren', ')')) throw invalidParameter('Invalid filter pattern: a parenthesis is not closed.');
      return inner;
    }
    const selector = this.#next('a selector such as $.name');
    if (selector.kind !== 'selector') {
      throw invalidParameter(`Invalid filter pattern: '${selector.text}' is where a selector such as $.name belongs.`);
    }
    const path = pathOf(selector.text);
    const operator = this.#next('an operator');
    if (operator.kind === 'word') return this.#worded(path, operator.text.toUpperCase());
    if (operator.kind !== 'operator')
      throw invalidParameter(`Invalid filter pattern: '${operator.text}' is no operator.`);
    return comparison(path, operator.text, this.#next('a value'));
  }

  #worded(path: readonly string[], word: string): Condition {
    const second = this.#next('the rest of the operator').text.toUpperCase();
    if (word === 'NOT' && second === 'EXISTS') return (root) => select(root, path) === undefined;
    const wanted = { NULL: null, TRUE: true, FALSE: false }[second];
    if (word === 'IS' && wanted !== undefined) return (root) => select(root, path) === wanted;
    throw invalidParameter(`Invalid filter pattern: '${word} ${second}' is no operator.`);
  }

  #takes(kind: Token['kind'], text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #next(expected: string): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw invalidParameter(`Invalid filter pattern: it ends where ${expected} belongs.`);
    this.#at += 1;
    return token;
  }
}

function comparison(path: readonly string[], operator: string, value: Token): Condition {
  const test = valueTest(operator, value);
  return (root) => {
    const found = select(root, path);
    return found !== undefined && test(found);
  };
}

function pathOf(selector: string): readonly string[] {
  return [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]*)"\]/g)].map(
    ([, name, index, quoted]) => name ?? index ?? quoted ?? '',
  );
}

function select(root: object, path: readonly string[]): unknown {
  let found: unknown = root;
  for (const name of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

function parseObject(message: string): object | undefined {
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // an ordinary line that happens to begin with a brace
  }
}
