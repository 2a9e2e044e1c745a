import { invalidParameter } from '../errors.ts';
import { parseJsonPattern } from './json-pattern.ts';
import { regexTest } from './pattern-value.ts';
import { parseSpacePattern } from './space-pattern.ts';

/**
 * A filter pattern as a test of one message, from AWS's "Filter pattern syntax": terms and "quoted phrases" that must all
 * be in the message, ?terms of which one must be, -terms that must not be, each of them perhaps a %regular expression%; a
 * `{ … }` condition on a JSON message; or `[ … ]` conditions on fields between spaces. Throws InvalidParameterException.
 */
export function parseFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (text.startsWith('[')) return parseSpacePattern(text);
  return termsTest(parseTerms(text));
}

interface Term {
  readonly sign: '' | '?' | '-';
  readonly isIn: (message: string) => boolean;
}

function parseTerms(pattern: string): readonly Term[] {
  const terms: Term[] = [];
  const token = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)+)%|([^\s"]+))(?=\s|$)/y;
  while (token.lastIndex < pattern.length) {
    const at = token.lastIndex;
    const [, sign = '', quoted, regex, bare] = token.exec(pattern) ?? [];
    if (quoted === undefined && regex === undefined && bare === undefined) {
      throw invalidParameter(`Invalid filter pattern: cannot read '${pattern.slice(at).trim()}'.`);
    }
    if (bare !== undefined && !/^\w+$/u.test(bare)) throw invalidParameter(`Invalid character(s) in term '${bare}'`);
    const text = bare ?? (quoted ?? '').replace(/\\(.)/g, '$1');
    const isIn = regex === undefined ? (message: string) => message.includes(text) : regexTest(regex);
    terms.push({ sign: sign as Term['sign'], isIn });
  }
  return terms;
}

function termsTest(terms: readonly Term[]): (message: string) => boolean {
  const of = (sign: Term['sign']): readonly Term[] => terms.filter((term) => term.sign === sign);
  const [all, some, none] = [of(''), of('?'), of('-')];
  // AWS's guide: where ?terms are combined with others, the ?terms are ignored.
  const optional = all.length + none.length > 0 ? [] : some;
  return (message) =>
    all.every(({ isIn }) => isIn(message)) &&
    !none.some(({ isIn }) => isIn(message)) &&
    (optional.length === 0 || optional.some(({ isIn }) => isIn(message)));
}
