import { compilePattern } from '../../../core/pattern.ts';
import { invalidParameter } from '../errors.ts';

/** A value as a pattern has it: "quoted", %a regular expression%, or a bare word, which may be a number. */
export interface PatternValue {
  readonly kind: string;
  readonly text: string;
}

/** What both kinds of patterns with conditions read first. */
export const valueTokens = [
  ['string', /\s*"((?:[^"\\]|\\.)*)"/y],
  ['regex', /\s*%((?:[^%\\]|\\.)+)%/y],
  ['operator', /\s*(&&|\|\||!=|<=|>=|=|<|>)/y],
] as const;

/** A pattern's tokens, each of the first of the kinds that is found there. Throws InvalidParameterException. */
export function tokensIn<Kind extends string>(
  kinds: readonly (readonly [kind: Kind, expression: RegExp])[],
  body: string,
): readonly { readonly kind: Kind; readonly text: string }[] {
  const found: { readonly kind: Kind; readonly text: string }[] = [];
  const text = body.trimEnd();
  for (let at = 0; at < text.length; ) {
    const start = at;
    for (const [kind, expression] of kinds) {
      expression.lastIndex = at;
      const match = expression.exec(text);
      if (match?.[1] === undefined) continue;
      found.push({ kind, text: match[1] });
      at = expression.lastIndex;
      break;
    }
    if (at === start) throw invalidParameter(`Invalid filter pattern: cannot read '${text.slice(at).trim()}'.`);
  }
  return found;
}

/** Whether a value that was found compares so. What is neither text, number, boolean nor null does not. Throws InvalidParameterException. */
export function valueTest(operator: string, value: PatternValue): (found: unknown) => boolean {
  const number = numberOf(value);
  if (operator === '=' || operator === '!=') {
    const same = sameTest(value, number);
    return (found) => (typeof found !== 'object' || found === null) && same(found) === (operator === '=');
  }
  if (number === undefined) throw invalidParameter(`Invalid filter pattern: ${operator} compares with a number.`);
  const compare = orders[operator];
  if (!compare) throw invalidParameter(`Invalid filter pattern: '${operator}' does not compare values.`);
  return (found) => typeof found === 'number' && compare(found, number);
}

/** The number that a bare word is. */
export function numberOf({ kind, text }: PatternValue): number | undefined {
  return kind === 'word' && isNumber(text) ? Number(text) : undefined;
}

export function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
}

/** A test whether a regular expression is found in a text. Throws InvalidParameterException. */
export function regexTest(source: string): (text: string) => boolean {
  const pattern = compilePattern(source);
  if ('error' in pattern) throw invalidParameter(`Invalid filter pattern: %${source}%: ${pattern.error}`);
  return (text) => pattern.isIn(text);
}

function sameTest(value: PatternValue, number: number | undefined): (found: unknown) => boolean {
  if (number !== undefined) return (found) => found === number;
  if (value.kind === 'regex') {
    const isIn = regexTest(value.text);
    return (found) => typeof found === 'string' && isIn(found);
  }
  if (value.kind === 'string' || value.kind === 'word') return textTest(value);
  throw invalidParameter(`Invalid filter pattern: '${value.text}' is no value.`);
}

const orders: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Text with `*` for any run of characters. Pieces are looked for from left to right, so the time is linear. */
function textTest(value: PatternValue): (found: unknown) => boolean {
  const pieces = (value.kind === 'string' ? value.text.replace(/\\(.)/g, '$1') : value.text).split('*');
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  return (found) => {
    if (typeof found !== 'string') return last === undefined && String(found) === first;
    if (last === undefined) return found === first;
    if (!found.startsWith(first)) return false;
    let at = first.length;
    for (const piece of rest) {
      const next = found.indexOf(piece, at);
      if (next < 0) return false;
      at = next + piece.length;
    }
    return found.length - last.length >= at && found.endsWith(last);
  };
}
