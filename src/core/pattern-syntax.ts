/**
 * The syntax of java.util.regex, without what needs backtracking (look-around, back references, possessive repeats), and
 * that of Go's regexp, which has none of it either.
 */

export type Dialect = 'java' | 'go';

export type Node =
  | { readonly kind: 'character'; readonly accepts: (character: string) => boolean }
  /** `before` and `after` are the characters on both sides, '' at an end of the text. */
  | { readonly kind: 'assert'; readonly holds: (before: string, after: string) => boolean }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number };

type Test = (character: string) => boolean;

interface Reader {
  readonly source: readonly string[];
  readonly dialect: Dialect;
  at: number;
  depth: number;
  /** Letters of the flags that hold here. */
  flags: string;
}

const depthLimit = 50;

export function parsePattern(source: string, dialect: Dialect): { readonly node: Node } | { readonly error: string } {
  const reader: Reader = { source: Array.from(unquoted(source)), dialect, at: 0, depth: 0, flags: '' };
  try {
    const node = choice(reader);
    if (reader.at < reader.source.length) throw mistake(reader, "Unmatched ')'");
    return { node };
  } catch (error) {
    if (error instanceof PatternMistake) return { error: error.message };
    throw error;
  }
}

/** `\Q…\E` stands for its characters. */
function unquoted(source: string): string {
  return source.replaceAll(/\\[^Q]|\\Q(.*?)(?:\\E|$)/gs, (text, quoted?: string) =>
    quoted === undefined ? text : quoted.replaceAll(/[^A-Za-z0-9_\s]/g, '\\$&'),
  );
}

class PatternMistake extends Error {
  override readonly name = 'PatternMistake';
}

function mistake(reader: Reader, what: string): PatternMistake {
  return new PatternMistake(`${what} at position ${reader.at} of the regular expression.`);
}

function choice(reader: Reader): Node {
  if ((reader.depth += 1) > depthLimit) throw mistake(reader, `More than ${depthLimit} nested groups`);
  const options = [sequence(reader)];
  while (take(reader, '|')) options.push(sequence(reader));
  reader.depth -= 1;
  const [only] = options;
  return only && options.length === 1 ? only : { kind: 'choice', options };
}

function sequence(reader: Reader): Node {
  const items: Node[] = [];
  for (let next = peek(reader); next !== '' && next !== '|' && next !== ')'; next = peek(reader)) {
    items.push(repeated(reader, atom(reader)));
  }
  return { kind: 'sequence', items };
}

function repeated(reader: Reader, item: Node): Node {
  const [min, max] = repeatOf(reader) ?? [1, 1];
  if (min === 1 && max === 1) return item;
  if (take(reader, '+')) throw mistake(reader, 'Possessive repetition is not supported; it shows');
  take(reader, '?'); // a lazy repetition finds the same whole matches
  if ('*+?'.includes(peek(reader)) && peek(reader) !== '') throw mistake(reader, 'Dangling repetition');
  return { kind: 'repeat', item, min, max };
}

function repeatOf(reader: Reader): readonly [min: number, max: number] | undefined {
  if (take(reader, '*')) return [0, Number.POSITIVE_INFINITY];
  if (take(reader, '+')) return [1, Number.POSITIVE_INFINITY];
  if (take(reader, '?')) return [0, 1];
  if (peek(reader) !== '{') return undefined;
  const counted = countIn(reader);
  if (!counted && reader.dialect === 'go') return undefined; // what counts nothing is a brace like others
  if (!counted) throw mistake(reader, 'Illegal repetition');
  const min = Number(counted[1]);
  const max = counted[2] === undefined ? min : counted[3] ? Number(counted[3]) : Number.POSITIVE_INFINITY;
  if (max < min) throw mistake(reader, 'Illegal repetition range');
  reader.at += counted[0].length;
  return [min, max];
}

function countIn({ source, at }: Reader): RegExpExecArray | null {
  return /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(source.slice(at, at + 12).join(''));
}

function atom(reader: Reader): Node {
  const character = peek(reader);
  const isBrace = character === '{' && reader.dialect === 'go' && !countIn(reader);
  if ('*+?{'.includes(character) && !isBrace) throw mistake(reader, `Dangling '${character}'`);
  reader.at += 1;
  switch (character) {
    case '(':
      return group(reader);
    case '[':
      return { kind: 'character', accepts: characterClass(reader) };
    case '.':
      return { kind: 'character', accepts: reader.flags.includes('s') ? () => true : notAtLineEnd[reader.dialect] };
    case '^':
      return reader.flags.includes('m') ? atLineStart : atStart;
    case '$':
      return reader.flags.includes('m') ? atLineEnd : atEnd;
    case '\\':
      return escape(reader);
    default:
      return { kind: 'character', accepts: literal(reader, character) };
  }
}

/** A group, or the flags that hold from here to the end of the group around. */
function group(reader: Reader): Node {
  const { flags } = reader;
  if (take(reader, '?')) {
    const rest = reader.source.slice(reader.at, reader.at + 40).join('');
    const opening = /^(?:P?<[A-Za-z][A-Za-z0-9]*>|([imsU]*)(?:-([imsU]+))?([:)]))/.exec(rest);
    if (!opening) throw mistake(reader, 'Look-around and other flags than i, m, s and U are not supported; one shows');
    const [text, on = '', off = '', end] = opening;
    reader.at += text.length;
    reader.flags = Array.from(flags + on)
      .filter((flag) => !off.includes(flag))
      .join('');
    if (end === ')') return { kind: 'sequence', items: [] };
  }
  const inner = choice(reader);
  if (!take(reader, ')')) throw mistake(reader, 'Unclosed group');
  reader.flags = flags;
  return inner;
}

const notAtLineEnd: Readonly<Record<Dialect, Test>> = {
  java: (one) => !/[\n\r\u0085\u2028\u2029]/.test(one),
  go: (one) => one !== '\n',
};

const atStart: Node = { kind: 'assert', holds: (before) => before === '' };
const atEnd: Node = { kind: 'assert', holds: (_before, after) => after === '' };
const atLineStart: Node = { kind: 'assert', holds: (before) => before === '' || before === '\n' };
const atLineEnd: Node = { kind: 'assert', holds: (_before, after) => after === '' || after === '\n' };
const isWord = (character: string): boolean => /^\w$/.test(character);
const assertions: Readonly<Record<string, Node>> = {
  A: atStart,
  z: atEnd,
  Z: atEnd,
  b: { kind: 'assert', holds: (before, after) => isWord(before) !== isWord(after) },
  B: { kind: 'assert', holds: (before, after) => isWord(before) === isWord(after) },
};

function escape(reader: Reader): Node {
  const assertion = assertions[peek(reader)];
  if (!assertion)
    return { kind: 'character', accepts: escapedClass(reader) ?? literal(reader, escapedCharacter(reader)) };
  reader.at += 1;
  return assertion;
}

/** As Java has them without the flag for Unicode: ASCII only. */
const classes: Readonly<Record<string, Test>> = {
  d: (one) => /[0-9]/.test(one),
  D: (one) => !/[0-9]/.test(one),
  w: (one) => /[A-Za-z0-9_]/.test(one),
  W: (one) => !/[A-Za-z0-9_]/.test(one),
  s: (one) => /[ \t\n\v\f\r]/.test(one),
  S: (one) => !/[ \t\n\v\f\r]/.test(one),
  'p{Lower}': (one) => /[a-z]/.test(one),
  'p{Upper}': (one) => /[A-Z]/.test(one),
  'p{Alpha}': (one) => /[A-Za-z]/.test(one),
  'p{Digit}': (one) => /[0-9]/.test(one),
  'p{Alnum}': (one) => /[A-Za-z0-9]/.test(one),
  'p{Punct}': (one) => /[!-/:-@[-`{-~]/.test(one),
};

function escapedClass(reader: Reader): Test | undefined {
  const rest = reader.source.slice(reader.at, reader.at + 8).join('');
  const name = Object.keys(classes).find((candidate) => rest.startsWith(candidate));
  if (name === undefined) return unicodeClass(reader);
  reader.at += name.length;
  return classes[name];
}

/** A general category of Unicode or a script: `\pL`, `\p{Greek}`, and with a capital P what is not of it. */
function unicodeClass(reader: Reader): Test | undefined {
  const rest = reader.source.slice(reader.at, reader.at + 40).join('');
  const [text, sign, long, short] = /^([pP])(?:\{([A-Z][A-Za-z_]*)\}|([A-Z]))/.exec(rest) ?? [];
  const pattern = propertyPattern(long ?? short ?? '');
  if (text === undefined || !pattern) return undefined;
  reader.at += text.length;
  return (one) => pattern.test(one) === (sign === 'p');
}

function propertyPattern(name: string): RegExp | undefined {
  try {
    return new RegExp(`^\\p{${name.length > 2 ? `Script=${name}` : `General_Category=${name}`}}$`, 'u');
  } catch {
    return undefined; // there is none of this name
  }
}

/** `[:name:]` within a class, as POSIX has them and Go takes them. */
const namedClasses: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  ascii: /[\0-\x7f]/,
  blank: /[\t ]/,
  cntrl: /[^ -~\x80-\uffff]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t\n\v\f\r ]/,
  upper: /[A-Z]/,
  word: /[0-9A-Za-z_]/,
  xdigit: /[0-9A-Fa-f]/,
};

function namedClass(reader: Reader): Test | undefined {
  const rest = reader.source.slice(reader.at, reader.at + 12).join('');
  const [text, sign, name] = /^\[:(\^?)([a-z]+):\]/.exec(rest) ?? [];
  if (text === undefined || name === undefined || reader.dialect !== 'go') return undefined;
  const pattern = namedClasses[name];
  if (!pattern) throw mistake(reader, `There is no class '${text}'`);
  reader.at += text.length;
  const isIn = folded(reader, (one) => pattern.test(one));
  return (one) => isIn(one) !== (sign === '^');
}

const controls: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\u0007',
  e: '\u001b',
};

function escapedCharacter(reader: Reader): string {
  const character = peek(reader);
  const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(
    reader.source.slice(reader.at, reader.at + 9).join(''),
  );
  const code = Number.parseInt(hex?.[1] ?? hex?.[2] ?? '', 16);
  if (hex && code <= 0x10ffff) {
    reader.at += hex[0].length;
    return String.fromCodePoint(code);
  }
  const control = controls[character];
  if (character === '' || (!control && /[A-Za-z0-9]/.test(character))) {
    throw mistake(reader, `The escape '\\${character}' is not supported; it shows`);
  }
  reader.at += 1;
  return control ?? character;
}

function characterClass(reader: Reader): Test {
  const isNegated = take(reader, '^');
  const tests: Test[] = [];
  while (tests.length === 0 || peek(reader) !== ']') {
    if (peek(reader) === '') throw mistake(reader, 'Unclosed character class');
    const isNested = peek(reader) === '[' || (peek(reader) === '&' && reader.source[reader.at + 1] === '&');
    if (isNested && reader.dialect === 'java') {
      throw mistake(reader, 'A class within a character class is not supported; it shows');
    }
    tests.push(classItem(reader));
  }
  reader.at += 1;
  return (character) => tests.some((test) => test(character)) !== isNegated;
}

function classItem(reader: Reader): Test {
  const escaped = peek(reader) === '\\';
  if (escaped) {
    reader.at += 1;
    const named = escapedClass(reader);
    if (named) return named;
  }
  const posix = escaped ? undefined : namedClass(reader);
  if (posix) return posix;
  const first = classCharacter(reader, escaped);
  if (peek(reader) !== '-' || reader.source[reader.at + 1] === ']') return literal(reader, first);
  reader.at += 1;
  const isEscaped = take(reader, '\\');
  const last = classCharacter(reader, isEscaped);
  if (last < first) throw mistake(reader, `Illegal range '${first}-${last}'`);
  const within: Test = (one) => one >= first && one <= last;
  return folded(reader, within);
}

function folded({ flags }: Reader, test: Test): Test {
  return flags.includes('i') ? (one) => test(one.toLowerCase()) || test(one.toUpperCase()) : test;
}

function classCharacter(reader: Reader, isEscaped: boolean): string {
  if (isEscaped) return escapedCharacter(reader);
  const character = peek(reader);
  if (character === '') throw mistake(reader, 'Unclosed character class');
  reader.at += 1;
  return character;
}

function literal({ flags }: Reader, character: string): Test {
  if (!flags.includes('i')) return (one) => one === character;
  const lower = character.toLowerCase();
  return (one) => one.toLowerCase() === lower;
}

function peek(reader: Reader): string {
  return reader.source[reader.at] ?? '';
}

function take(reader: Reader, character: string): boolean {
  if (peek(reader) !== character) return false;
  reader.at += 1;
  return true;
}
