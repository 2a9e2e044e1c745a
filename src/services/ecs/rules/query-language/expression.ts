/** The cluster query language as a tree, and the tree as text. */

/** What a condition looks at. */
export type Subject =
  | { readonly name: 'agentConnected' | 'agentVersion' | 'ec2InstanceId' | 'registeredAt' | 'runningTasksCount' }
  | { readonly name: 'attribute'; readonly attribute: string }
  | { readonly name: 'task:group' };

export type Comparison = '==' | '!=' | '>' | '>=' | '<' | '<=' | '=~' | '!~';

export type Condition =
  | { readonly kind: 'compare'; readonly subject: Subject; readonly operator: Comparison; readonly argument: string }
  | {
      readonly kind: 'list';
      readonly subject: Subject;
      readonly operator: 'in' | '!in';
      readonly list: readonly string[];
    }
  | { readonly kind: 'presence'; readonly subject: Subject; readonly operator: 'exists' | '!exists' };

export type Operator = Condition['operator'];

export type Expression =
  | Condition
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression };

/** Text that parses to the same tree. */
export function print(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.map(operand).join(` ${expression.kind} `);
    case 'not':
      return `not (${print(expression.operand)})`;
    case 'compare':
      return `${printSubject(expression.subject)} ${expression.operator} ${printArgument(expression.argument)}`;
    case 'list':
      return `${printSubject(expression.subject)} ${expression.operator} [${expression.list.map(printArgument).join(', ')}]`;
    case 'presence':
      return `${printSubject(expression.subject)} ${expression.operator}`;
  }
}

function operand(expression: Expression): string {
  return expression.kind === 'and' || expression.kind === 'or' ? `(${print(expression)})` : print(expression);
}

export function printSubject(subject: Subject): string {
  return subject.name === 'attribute' ? `attribute:${subject.attribute}` : subject.name;
}

function printArgument(argument: string): string {
  return /^[\w.:/@*+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "\\'")}'`;
}
