import { invalidParameter } from '../errors.ts';
import { parseJsonPattern } from './json-pattern.ts';

/**
 * A filter pattern as a test of one message, from AWS's "Filter pattern syntax": terms and "quoted phrases" that must all
 * be in the message, ?terms of which one must be, -terms that must not be; or a `{ … }` condition on a JSON message.
 * Throws InvalidParameterException.
 * Differs from AWS: regular expressions (%…%) and space-delimited patterns ([…]) are refused with a message that says so.
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (text.startsWith('[')) throw invalidParameter('Longshore does not implement space-delimited filter patterns yet.');
  return termsTest(parseTerms(text));
}

interface Term {
  readonly sign: '' | '?' | '-';
  readonly text: string;
}

function parseTerms(pattern: string): readonly Term[] {
  const terms: Term[] = [];
  const token = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/y;
  while (token.lastIndex < pattern.length) {
    const at = token.lastIndex;
    const [, sign = '', quoted, bare] = token.exec(pattern) ?? [];
    if (quoted === undefined && bare === undefined) {
      throw invalidParameter(`Invalid filter pattern: cannot read '${pattern.slice(at).trim()}'.`);
    }
    if (bare?.startsWith('%')) {
      throw invalidParameter('Longshore does not implement regular expressions in filter patterns yet.');
    }
    if (bare !== undefined && !/^\w+$/u.test(bare)) throw invalidParameter(`Invalid character(s) in term '${bare}'`);
    terms.push({ sign: sign as Term['sign'], text: bare ?? (quoted ?? '').replace(/\\(.)/g, '$1') });
  }
  return terms;
}

function termsTest(terms: readonly Term[]): (message: string) => boolean {
  const of = (sign: Term['sign']): readonly string[] =>
    terms.filter((term) => term.sign === sign).map(({ text }) => text);
  const [all, some, none] = [of(''), of('?'), of('-')];
  // AWS's guide: where ?terms are combined with others, the ?terms are ignored.
  const optional = all.length + none.length > 0 ? [] : some;
  return (message) =>
    all.every((text) => message.includes(text)) &&
    !none.some((text) => message.includes(text)) &&
    (optional.length === 0 || optional.some((text) => message.includes(text)));
}
