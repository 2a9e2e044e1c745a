import type { Context } from './context.ts';
import { compileGlob } from './glob.ts';
import { parseIpRange } from './ip-range.ts';
import { compileTemplate, type Template } from './template.ts';

/** One key of a Condition element. `unresolved`: a variable in it has no value, and the statement does not match. */
export interface Condition {
  holds(context: Context): boolean | 'unresolved';
}

/** What a condition operator does to one value of the request and one of the policy. */
interface Operator {
  readonly wildcards?: true;
  /** Holds when none of the policy's values match. */
  readonly negated?: true;
  /** Whether policy variables are read in its values: strings and ARNs only. */
  readonly variables?: true;
  readonly test: (value: string, wanted: string) => boolean;
}

/** Undefined when there is no such operator. */
export function compileCondition(
  name: string,
  key: string,
  values: readonly string[],
  variables: boolean,
): Condition | undefined {
  const parsed = parseOperator(name);
  if (!parsed) return undefined;
  const lowerKey = key.toLowerCase();
  if (parsed.operator === null) {
    const wantsAbsent = values.map((value) => value.toLowerCase());
    return { holds: (context) => wantsAbsent.includes(String(isAbsent(context.get(lowerKey)))) };
  }
  const { operator, quantifier, ifExists } = parsed;
  const templates = values.map((value) =>
    compileTemplate(value, {
      variables: variables && operator.variables === true,
      wildcards: operator.wildcards === true,
    }),
  );
  return {
    holds(context) {
      const present = context.get(lowerKey);
      if (isAbsent(present)) {
        if (ifExists || quantifier === 'ForAllValues') return true;
        return quantifier === 'ForAnyValue' ? false : operator.negated === true;
      }
      const wanted = resolveAll(templates, context);
      if (!wanted) return 'unresolved';
      const matches = (value: string): boolean =>
        wanted.some((candidate) => operator.test(value, candidate)) !== (operator.negated === true);
      // Several values without a quantifier are none of AWS's cases: one of them may match, none may if negated.
      const all = quantifier === 'ForAllValues' || (quantifier === undefined && operator.negated === true);
      return all ? present.every(matches) : present.some(matches);
    },
  };
}

export function isConditionOperator(name: string): boolean {
  return parseOperator(name) !== undefined;
}

/** A key that has no values is one that is not there. */
function isAbsent(values: readonly string[] | undefined): values is undefined {
  return values === undefined || values.length === 0;
}

function resolveAll(templates: readonly Template[], context: Context): readonly string[] | undefined {
  const resolved: string[] = [];
  for (const template of templates) {
    const value = template.resolve(context);
    if (value === undefined) return undefined;
    resolved.push(value);
  }
  return resolved;
}

interface ParsedOperator {
  /** Null is the operator `Null`, which asks for presence alone. */
  readonly operator: Operator | null;
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
}

function parseOperator(name: string): ParsedOperator | undefined {
  const found = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name);
  if (!found) return undefined;
  const [, quantifier, base = '', ifExists] = found;
  if (quantifier !== undefined && quantifier !== 'ForAllValues' && quantifier !== 'ForAnyValue') return undefined;
  if (base === 'Null') return ifExists ? undefined : { operator: null, quantifier, ifExists: false };
  const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
  return operator && { operator, quantifier, ifExists: ifExists !== undefined };
}

const equals = (value: string, wanted: string): boolean => value === wanted;
const equalsIgnoringCase = (value: string, wanted: string): boolean => value.toLowerCase() === wanted.toLowerCase();
const like = (value: string, wanted: string): boolean => compileGlob(wanted).matches(value);
const inRange = (value: string, wanted: string): boolean => parseIpRange(wanted)?.contains(value) ?? false;

const text = { variables: true } as const;
const pattern = { variables: true, wildcards: true } as const;
const negated = { negated: true } as const;

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { ...text, test: equals },
  StringNotEquals: { ...text, ...negated, test: equals },
  StringEqualsIgnoreCase: { ...text, test: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { ...text, ...negated, test: equalsIgnoringCase },
  StringLike: { ...pattern, test: like },
  StringNotLike: { ...pattern, ...negated, test: like },
  NumericEquals: { test: numeric((a, b) => a === b) },
  NumericNotEquals: { ...negated, test: numeric((a, b) => a === b) },
  NumericLessThan: { test: numeric((a, b) => a < b) },
  NumericLessThanEquals: { test: numeric((a, b) => a <= b) },
  NumericGreaterThan: { test: numeric((a, b) => a > b) },
  NumericGreaterThanEquals: { test: numeric((a, b) => a >= b) },
  DateEquals: { test: dates((a, b) => a === b) },
  DateNotEquals: { ...negated, test: dates((a, b) => a === b) },
  DateLessThan: { test: dates((a, b) => a < b) },
  DateLessThanEquals: { test: dates((a, b) => a <= b) },
  DateGreaterThan: { test: dates((a, b) => a > b) },
  DateGreaterThanEquals: { test: dates((a, b) => a >= b) },
  Bool: { test: equalsIgnoringCase },
  BinaryEquals: { test: equals },
  IpAddress: { test: inRange },
  NotIpAddress: { ...negated, test: inRange },
  // AWS treats each pair as one operator: ArnEquals reads wildcards as ArnLike does.
  ArnEquals: { ...pattern, test: arnLike },
  ArnLike: { ...pattern, test: arnLike },
  ArnNotEquals: { ...pattern, ...negated, test: arnLike },
  ArnNotLike: { ...pattern, ...negated, test: arnLike },
};

function numeric(compare: (a: number, b: number) => boolean): Operator['test'] {
  return (value, wanted) => {
    const [a, b] = [readNumber(value), readNumber(wanted)];
    return a !== undefined && b !== undefined && compare(a, b);
  };
}

function readNumber(written: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(written.trim()) ? Number(written) : undefined;
}

function dates(compare: (a: number, b: number) => boolean): Operator['test'] {
  return (value, wanted) => {
    const [a, b] = [readInstant(value), readInstant(wanted)];
    return a !== undefined && b !== undefined && compare(a, b);
  };
}

/** ISO 8601, or seconds since 1970. */
function readInstant(written: string): number | undefined {
  if (/^\d+$/.test(written)) return Number(written) * 1000;
  const isoForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
  const instant = isoForm.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

/** Each of the six parts by itself, so that no star stands for several of them. */
function arnLike(value: string, wanted: string): boolean {
  const pattern = splitArn(wanted);
  if (!pattern) return compileGlob(wanted).matches('') && wanted.length === 1; // a lone star
  const parts = splitArn(value);
  return parts !== undefined && pattern.every((part, index) => compileGlob(part).matches(parts[index] ?? ''));
}

function splitArn(arn: string): readonly string[] | undefined {
  const parts = arn.split(':');
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
