/** Text to tree: `not` binds tightest, then `and`, then `or`; parentheses as in AWS's cluster query language. */
import type { Comparison, Expression, Operator, Subject } from './expression.ts';
import { printSubject } from './expression.ts';
import { Scanner } from './scanner.ts';

export type Parsed = { readonly expression: Expression } | { readonly error: string };

/** What AWS takes, and how deep one can nest before a reader gives up. */
export const queryLimits = { characters: 2000, depth: 50 } as const;

/** The tree, or what is wrong, with the position (from 0) at which it shows. */
export function parse(text: string): Parsed {
  if (text.length > queryLimits.characters) {
    return { error: `An expression can have at most ${queryLimits.characters} characters.` };
  }
  const scanner = new Scanner(text);
  try {
    const expression = parseOr(scanner, 0);
    if (!scanner.isAtEnd()) throw wrong(scanner, "'and', 'or' or the end");
    return { expression };
  } catch (error) {
    if (error instanceof SyntaxMistake) return { error: error.message };
    throw error;
  }
}

class SyntaxMistake extends Error {
  override readonly name = 'SyntaxMistake';
}

function wrong(scanner: Scanner, expected: string): SyntaxMistake {
  return new SyntaxMistake(`Expected ${expected} at position ${scanner.position}.`);
}

function parseOr(scanner: Scanner, depth: number): Expression {
  const operands = [parseAnd(scanner, depth)];
  while (scanner.takeSymbol(['||']) || scanner.takeWord(['or'])) operands.push(parseAnd(scanner, depth));
  return joined('or', operands);
}

function parseAnd(scanner: Scanner, depth: number): Expression {
  const operands = [parseNot(scanner, depth)];
  while (scanner.takeSymbol(['&&']) || scanner.takeWord(['and'])) operands.push(parseNot(scanner, depth));
  return joined('and', operands);
}

function joined(kind: 'and' | 'or', operands: readonly Expression[]): Expression {
  const [only] = operands;
  return only && operands.length === 1 ? only : { kind, operands };
}

function parseNot(scanner: Scanner, depth: number): Expression {
  if (depth > queryLimits.depth) {
    throw new SyntaxMistake(
      `An expression can nest at most ${queryLimits.depth} levels; position ${scanner.position} is deeper.`,
    );
  }
  if (scanner.takeSymbol(['!']) || scanner.takeWord(['not'])) {
    return { kind: 'not', operand: parseNot(scanner, depth + 1) };
  }
  if (!scanner.takeSymbol(['('])) return parseCondition(scanner);
  const inner = parseOr(scanner, depth + 1);
  if (!scanner.takeSymbol([')'])) throw wrong(scanner, "')'");
  return inner;
}

function parseCondition(scanner: Scanner): Expression {
  const start = scanner.position;
  const word = scanner.takeSubject();
  const subject = subjectOf(word);
  if (!subject) {
    throw new SyntaxMistake(
      word === '' ? `Expected a subject at position ${start}.` : `Unknown subject '${word}' at position ${start}.`,
    );
  }
  const operatorAt = scanner.position;
  const operator = takeOperator(scanner);
  if (!operator) throw wrong(scanner, 'an operator');
  const allowed = operatorsOf[subject.name];
  if (allowed && !allowed.includes(operator)) {
    throw new SyntaxMistake(
      `Operator '${operator}' at position ${operatorAt} is not valid for ${printSubject(subject)}.`,
    );
  }
  if (operator === 'exists' || operator === '!exists') return { kind: 'presence', subject, operator };
  if (operator === 'in' || operator === '!in') return { kind: 'list', subject, operator, list: parseList(scanner) };
  const argument = scanner.takeArgument();
  if (argument === undefined) throw wrong(scanner, 'an argument');
  return { kind: 'compare', subject, operator, argument };
}

function parseList(scanner: Scanner): readonly string[] {
  if (!scanner.takeSymbol(['['])) throw wrong(scanner, "'['");
  const list: string[] = [];
  do {
    const argument = scanner.takeArgument();
    if (argument === undefined) throw wrong(scanner, 'an argument');
    list.push(argument);
  } while (scanner.takeSymbol([',']));
  if (!scanner.takeSymbol([']'])) throw wrong(scanner, "',' or ']'");
  return list;
}

function subjectOf(word: string): Subject | undefined {
  switch (word) {
    case 'agentConnected':
    case 'agentVersion':
    case 'ec2InstanceId':
    case 'registeredAt':
    case 'runningTasksCount':
    case 'task:group':
      return { name: word };
  }
  const attribute = word.startsWith('attribute:') ? word.slice('attribute:'.length) : '';
  return attribute === '' ? undefined : { name: 'attribute', attribute };
}

function takeOperator(scanner: Scanner): Operator | undefined {
  const symbol = scanner.takeSymbol(symbols);
  if (symbol) return symbol;
  if (scanner.takeSymbol(['!'])) {
    const word = scanner.takeWord(['exists', 'in']);
    return word && `!${word}`;
  }
  const word = scanner.takeWord(Object.keys(words));
  return word === undefined ? undefined : words[word];
}

const symbols = ['==', '!=', '>=', '<=', '>', '<', '=~', '!~'] as const;

const words: Readonly<Record<string, Operator>> = {
  equals: '==',
  not_equals: '!=',
  greater_than: '>',
  greater_than_equal: '>=',
  less_than: '<',
  less_than_equal: '<=',
  exists: 'exists',
  not_exists: '!exists',
  in: 'in',
  not_in: '!in',
  matches: '=~',
  not_matches: '!~',
};

const textual: readonly Operator[] = ['==', '!=', 'in', '!in', '=~', '!~'];
const ordered: readonly (Operator & Comparison)[] = ['==', '!=', '>', '>=', '<', '<='];

/** As AWS documents them; attributes and task groups take every operator. */
const operatorsOf: Readonly<Partial<Record<Subject['name'], readonly Operator[]>>> = {
  agentConnected: textual,
  ec2InstanceId: textual,
  agentVersion: ordered,
  registeredAt: ordered,
  runningTasksCount: ordered,
};
