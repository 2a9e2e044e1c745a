/** A query of the cluster query language, ready to be asked of container instances. */
import type { ContainerInstanceRecord } from '../../tables.ts';
import type { InstanceCapacity, InstanceUsage } from '../placement/capacity.ts';
import type { Comparison, Condition, Expression, Subject } from './expression.ts';
import { parse } from './parse.ts';
import { compilePattern } from '../../../../core/pattern.ts';
import { parseDate, parseVersion, compareVersions } from './values.ts';

/** What a query can look at. */
export interface InstanceFacts {
  readonly instance: Pick<
    ContainerInstanceRecord,
    'agentConnected' | 'clusterArn' | 'ec2InstanceId' | 'registeredAt' | 'versionInfo'
  >;
  readonly capacity: Pick<InstanceCapacity, 'attributes'>;
  readonly usage: Pick<InstanceUsage, 'runningTasks' | 'tasksByGroup'>;
}

export interface Query {
  readonly text: string;
  /** Looks at what tasks change, so that its answer is good for a moment; else it is good for a registration. */
  readonly dependsOnTasks: boolean;
  matches(facts: InstanceFacts): boolean;
}

/** The query, or what is wrong with the text and where. */
export function compileQuery(text: string): Query | { readonly error: string } {
  const parsed = parse(text);
  if ('error' in parsed) return parsed;
  const compiled = compile(parsed.expression);
  return 'error' in compiled ? compiled : { text, ...compiled };
}

type Compiled = Omit<Query, 'text'>;
type Test = Compiled['matches'];

function compile(expression: Expression): Compiled | { readonly error: string } {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const operands: Compiled[] = [];
      for (const operand of expression.operands) {
        const compiled = compile(operand);
        if ('error' in compiled) return compiled;
        operands.push(compiled);
      }
      return {
        dependsOnTasks: operands.some((operand) => operand.dependsOnTasks),
        matches:
          expression.kind === 'and'
            ? (facts) => operands.every((operand) => operand.matches(facts))
            : (facts) => operands.some((operand) => operand.matches(facts)),
      };
    }
    case 'not': {
      const operand = compile(expression.operand);
      return 'error' in operand ? operand : { ...operand, matches: (facts) => !operand.matches(facts) };
    }
    default: {
      const test = compileCondition(expression);
      const { name } = expression.subject;
      return typeof test === 'function'
        ? { dependsOnTasks: name === 'runningTasksCount' || name === 'task:group', matches: test }
        : test;
    }
  }
}

/**
 * A negative operator is the exact opposite of its positive one, so that it holds where the subject is missing. No order
 * holds there.
 */
function compileCondition(condition: Condition): Test | { readonly error: string } {
  const { subject } = condition;
  const values = valuesOf(subject);
  switch (condition.kind) {
    case 'presence': {
      const wanted = condition.operator === 'exists';
      return (facts) => values(facts).length > 0 === wanted;
    }
    case 'list': {
      const list = new Set(condition.list.map((argument) => normal(subject, argument)));
      const wanted = condition.operator === 'in';
      return (facts) => values(facts).some((value) => list.has(value)) === wanted;
    }
    case 'compare': {
      const { operator, argument } = condition;
      if (operator === '=~' || operator === '!~') {
        const pattern = compilePattern(argument);
        if ('error' in pattern) return pattern;
        return (facts) => values(facts).some((value) => pattern.matches(value)) === (operator === '=~');
      }
      if (subject.name === 'agentVersion') return compareVersion(operator, argument);
      if (subject.name === 'registeredAt') return compareDate(operator, argument);
      if (subject.name === 'runningTasksCount') return compareCount(operator, argument);
      const wanted = normal(subject, argument);
      if (operator === '==' || operator === '!=') {
        return (facts) => values(facts).includes(wanted) === (operator === '==');
      }
      return (facts) => values(facts).some((value) => holds(operator, compareText(value, wanted)));
    }
  }
}

/** A task group is as many values as the instance has groups; any of them will do. */
function valuesOf(subject: Subject): (facts: InstanceFacts) => readonly string[] {
  switch (subject.name) {
    case 'agentConnected':
      return ({ instance }) => [String(instance.agentConnected)];
    case 'ec2InstanceId':
      return ({ instance }) => [instance.ec2InstanceId];
    case 'attribute':
      return ({ capacity }) => {
        const value = capacity.attributes.get(subject.attribute);
        return value === undefined ? [] : [value];
      };
    case 'task:group':
      return ({ instance, usage }) => {
        const prefix = `${instance.clusterArn}/`;
        return [...usage.tasksByGroup.keys()].flatMap((key) =>
          key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
        );
      };
    // Compared as what they are, below.
    case 'agentVersion':
    case 'registeredAt':
    case 'runningTasksCount':
      return () => [];
  }
}

function normal({ name }: Subject, argument: string): string {
  return name === 'agentConnected' ? argument.toLowerCase() : argument;
}

function compareVersion(operator: Comparison, argument: string): Test | { readonly error: string } {
  const wanted = parseVersion(argument);
  if (!wanted) return { error: `'${argument}' is not a version.` };
  return ({ instance }) => {
    const version = parseVersion(instance.versionInfo.agentVersion ?? '');
    return version ? holds(operator, compareVersions(version, wanted)) : operator === '!=';
  };
}

function compareDate(operator: Comparison, argument: string): Test | { readonly error: string } {
  const wanted = parseDate(argument);
  if (wanted === undefined) return { error: `'${argument}' is not a date.` };
  // Dates are written to the second, so that is how they are compared.
  return ({ instance }) => holds(operator, Math.floor(instance.registeredAt / 1000) * 1000 - wanted);
}

function compareCount(operator: Comparison, argument: string): Test | { readonly error: string } {
  if (!/^\d{1,9}$/.test(argument)) return { error: `'${argument}' is not a number of tasks.` };
  const wanted = Number(argument);
  return ({ usage }) => holds(operator, usage.runningTasks - wanted);
}

/** As numbers when both are, else as text. */
function compareText(value: string, wanted: string): number {
  const number = /^-?\d+(\.\d+)?$/;
  if (number.test(value) && number.test(wanted)) return Number(value) - Number(wanted);
  return value < wanted ? -1 : value > wanted ? 1 : 0;
}

function holds(operator: Comparison, difference: number): boolean {
  switch (operator) {
    case '==':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '=~':
    case '!~':
      return false;
  }
}
