import { invalidParameter } from '../errors.ts';
import { isNumber, numberOf, type PatternValue, tokensIn, valueTest, valueTokens } from './pattern-value.ts';

/**
 * `[ip, user, ..., status = 4* || status = 500, bytes > 1000]` as a test of one message, whose fields stand between
 * spaces; what is in brackets or double quotes is one field, without them. Without `...`, which stands for any number of
 * fields, a message of more or fewer does not match. Throws InvalidParameterException.
 */
export function parseSpacePattern(pattern: string): (message: string) => boolean {
  const body = /^\[(.*)\]$/s.exec(pattern)?.[1];
  if (body === undefined) throw invalidParameter('Invalid filter pattern: a space-delimited pattern ends with ].');
  const columns = columnsOf(tokensIn(tokenKinds, body));
  const gap = columns.indexOf('...');
  if (gap !== columns.lastIndexOf('...')) {
    throw invalidParameter("Invalid filter pattern: '...' stands in a space-delimited pattern more than once.");
  }
  const before = (gap < 0 ? columns : columns.slice(0, gap)).filter(isColumn);
  const after = (gap < 0 ? [] : columns.slice(gap + 1)).filter(isColumn);
  return (message) => {
    const fields = fieldsOf(message);
    const isLong = fields.length >= before.length + after.length;
    if (gap < 0 ? fields.length !== before.length : !isLong) return false;
    const last = fields.slice(fields.length - after.length);
    return (
      [...before.entries()].every(([index, matches]) => matches(fields[index] ?? '')) &&
      [...after.entries()].every(([index, matches]) => matches(last[index] ?? ''))
    );
  };
}

type Column = (field: string) => boolean;

function isColumn(column: Column | '...'): column is Column {
  return column !== '...';
}

function fieldsOf(message: string): readonly string[] {
  return [...message.matchAll(/\[([^\]]*)\]|"([^"]*)"|(\S+)/g)].map(
    ([, bracketed, quoted, plain]) => bracketed ?? quoted ?? plain ?? '',
  );
}

interface Token extends PatternValue {
  readonly kind: 'string' | 'regex' | 'operator' | 'comma' | 'gap' | 'word';
}

const tokenKinds = [
  ...valueTokens,
  ['comma', /\s*(,)/y],
  ['gap', /\s*(\.\.\.)(?=\s*(?:,|$))/y],
  ['word', /\s*([^\s,&|=<>!"%]+)/y],
] as const;

function columnsOf(list: readonly Token[]): readonly (Column | '...')[] {
  const columns: Token[][] = [[]];
  for (const token of list) {
    if (token.kind === 'comma') columns.push([]);
    else columns.at(-1)?.push(token);
  }
  return columns.map(columnOf);
}

/** `name`, or conditions on that name: `&&` binds them closer than `||`. */
function columnOf(list: readonly Token[]): Column | '...' {
  const [first] = list;
  if (first?.kind === 'gap' && list.length === 1) return '...';
  if (first?.kind !== 'word') throw invalidParameter('Invalid filter pattern: each field has a name.');
  if (list.length === 1) return () => true;
  const either: Column[][] = [[]];
  for (let at = 0; at < list.length; at += 4) {
    const [name, operator, value, joint] = list.slice(at, at + 4);
    if (name?.text !== first.text || operator?.kind !== 'operator' || !value) {
      throw invalidParameter(`Invalid filter pattern: the conditions of '${first.text}' cannot be read.`);
    }
    either.at(-1)?.push(conditionOf(operator.text, value));
    if (joint?.text === '||') either.push([]);
    else if (joint && (joint.text !== '&&' || at + 4 >= list.length)) {
      throw invalidParameter(`Invalid filter pattern: '${joint.text}' was not expected.`);
    }
  }
  if (either.some((all) => all.length === 0)) {
    throw invalidParameter(`Invalid filter pattern: the conditions of '${first.text}' cannot be read.`);
  }
  return (field) => either.some((all) => all.every((matches) => matches(field)));
}

/** A field is text; it is compared as a number with a number. */
function conditionOf(operator: string, value: Token): Column {
  const matches = valueTest(operator, value);
  const isNumeric = numberOf(value) !== undefined;
  return (field) => matches(isNumeric && isNumber(field) ? Number(field) : field);
}
