import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Comparison, type Expression, print, type Subject } from './expression.ts';
import { parse } from './parse.ts';
import { compileQuery, type InstanceFacts } from './query.ts';

test('a query selects as AWS documents its subjects and operators', () => {
  const cases: readonly (readonly [query: string, selected: boolean])[] = [
    ['attribute:ecs.instance-type == t2.small', true],
    ["attribute:ecs.instance-type equals 't2.small'", true],
    ['attribute:ecs.instance-type=="t2.small"', true],
    ['attribute:ecs.instance-type == t2', false],
    ['attribute:ecs.instance-type != t2.small', false],
    ['attribute:none != x', true],
    ['attribute:none == x', false],
    ['attribute:none exists', false],
    ['attribute:none not_exists', true],
    ['attribute:none !exists', true],
    ['attribute:ecs.capability.task-eni exists', true],
    ['attribute:ecs.instance-type =~ t2.*', true],
    ['attribute:ecs.instance-type =~ t', false],
    ['attribute:ecs.instance-type matches t2.(small|medium)', true],
    ['attribute:ecs.instance-type !~ g.*', true],
    ['attribute:ecs.instance-type in [t2.small, t2.medium]', true],
    ["attribute:ecs.instance-type in ['t2.medium','x y']", false],
    ['attribute:ecs.instance-type !in [a,b]', true],
    ['attribute:ecs.instance-type not_in[t2.small]', false],
    ['attribute:rank > 9', true],
    ['attribute:rank < 9', false],
    ['attribute:ecs.instance-type >= t2', true],
    ['agentConnected == true', true],
    ['agentConnected != TRUE', false],
    ['agentVersion >= 1.9.0', true],
    ['agentVersion < 1.80.1', true],
    ['agentVersion == 1.80', true],
    ['ec2InstanceId in [i-1, i-2]', true],
    ['registeredAt > 2018-06-18', true],
    ['registeredAt == 2018-06-18T22:28:28+00:00', true],
    ['registeredAt <= 2018-06-18T22:28:28Z', true],
    ['registeredAt < 2018-06-18T22:28:28', false],
    ['runningTasksCount >= 2', true],
    ['runningTasksCount < 2', false],
    ['task:group == service:production', true],
    ['task:group == database', true],
    ['task:group != database', false],
    ['task:group == other', false],
    ['not(task:group == database)', false],
    ['!(task:group == other) && agentConnected == true', true],
    ['attribute:a == 1 or attribute:b == 2 and agentConnected == false', false],
    ['(agentConnected == true or attribute:b == 2) and runningTasksCount == 2', true],
    ['agentConnected == true || attribute:b == 2 && runningTasksCount == 9', true],
  ];
  for (const [text, selected] of cases) {
    const query = compileQuery(text);
    assert.ok(!('error' in query), `${text}: ${'error' in query ? query.error : ''}`);
    assert.equal(query.matches(facts), selected, text);
  }
});

test('what is no query is refused with the place where it goes wrong', () => {
  const cases: readonly (readonly [query: string, error: string])[] = [
    ['', 'Expected a subject at position 0.'],
    ['colour == red', "Unknown subject 'colour' at position 0."],
    ['attribute: == red', "Unknown subject 'attribute:' at position 0."],
    ['attribute:a', 'Expected an operator at position 11.'],
    ['attribute:a ==', 'Expected an argument at position 14.'],
    ["attribute:a == 'open", 'Expected an argument at position 15.'],
    ['attribute:a in b', "Expected '[' at position 15."],
    ['attribute:a in [b c]', "Expected ',' or ']' at position 18."],
    ['(attribute:a exists', "Expected ')' at position 19."],
    ['attribute:a exists)', "Expected 'and', 'or' or the end at position 18."],
    ['agentVersion =~ 1.*', "Operator '=~' at position 13 is not valid for agentVersion."],
    ['agentConnected exists', "Operator 'exists' at position 15 is not valid for agentConnected."],
    ['agentVersion > new', "'new' is not a version."],
    ['registeredAt > yesterday', "'yesterday' is not a date."],
    ['runningTasksCount == few', "'few' is not a number of tasks."],
    ['attribute:a =~ a**', 'Dangling repetition at position 2 of the regular expression.'],
    [`attribute:a == ${'x'.repeat(2000)}`, 'An expression can have at most 2000 characters.'],
    [`${'('.repeat(60)}attribute:a exists`, 'An expression can nest at most 50 levels; position 51 is deeper.'],
  ];
  for (const [text, error] of cases) assert.deepEqual(compileQuery(text), { error }, text);
});

const attribute = fc.constantFrom('a', 'b', 'ecs.zone');
const text = fc.oneof(
  fc.constantFrom('1', '2', 'x', 'us-east-1a'),
  fc.string({ minLength: 1 }).filter((value) => !value.endsWith('\\') && value === value.trim()),
);
const subject: fc.Arbitrary<Subject> = fc.oneof(
  attribute.map((name): Subject => ({ name: 'attribute', attribute: name })),
  fc.constantFrom<Subject>({ name: 'task:group' }, { name: 'ec2InstanceId' }),
);
const condition: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({
    kind: fc.constant('compare' as const),
    subject,
    operator: fc.constantFrom<Comparison>('==', '!='),
    argument: text,
  }),
  fc.record({
    kind: fc.constant('compare' as const),
    subject: fc.constant<Subject>({ name: 'runningTasksCount' }),
    operator: fc.constantFrom<Comparison>('==', '!=', '<', '<=', '>', '>='),
    argument: fc.integer({ min: 0, max: 3 }).map(String),
  }),
  fc.record({
    kind: fc.constant('list' as const),
    subject,
    operator: fc.constantFrom('in' as const, '!in' as const),
    list: fc.array(text, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('presence' as const),
    subject: attribute.map((name): Subject => ({ name: 'attribute', attribute: name })),
    operator: fc.constantFrom('exists' as const, '!exists' as const),
  }),
);
const expression = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    condition,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('any'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('any') }),
  ),
})).any;

test('what is printed parses to the same', () => {
  fc.assert(
    fc.property(expression, (written) => {
      const printed = print(written);
      fc.pre(printed.length <= 2000);
      assert.deepEqual(parse(printed), { expression: structuredClone(written) });
    }),
  );
});

test('any expression selects what a reader of its words would', () => {
  const host = fc.record({
    attributes: fc.dictionary(attribute, text),
    groups: fc.uniqueArray(text, { maxLength: 3 }),
    running: fc.integer({ min: 0, max: 3 }),
    id: text,
  });
  fc.assert(
    fc.property(expression, host, (written, { attributes, groups, running, id }) => {
      const printed = print(written);
      fc.pre(printed.length <= 2000);
      const query = compileQuery(printed);
      assert.ok(!('error' in query));
      const valuesOf = (looked: Subject): readonly string[] => {
        if (looked.name === 'attribute')
          return looked.attribute in attributes ? [attributes[looked.attribute] ?? ''] : [];
        return looked.name === 'task:group' ? groups : [id];
      };
      const naive = (one: Expression): boolean => {
        switch (one.kind) {
          case 'and':
            return !one.operands.some((operand) => !naive(operand));
          case 'or':
            return !one.operands.every((operand) => !naive(operand));
          case 'not':
            return !naive(one.operand);
          case 'presence':
            return (one.operator === 'exists') === (valuesOf(one.subject).length === 1);
          case 'list': {
            const isIn = valuesOf(one.subject).some((value) => one.list.includes(value));
            return one.operator === 'in' ? isIn : !isIn;
          }
          case 'compare': {
            if (one.subject.name !== 'runningTasksCount') {
              return valuesOf(one.subject).includes(one.argument) === (one.operator === '==');
            }
            const wanted = Number(one.argument);
            const results: Partial<Record<Comparison, boolean>> = {
              '==': running === wanted,
              '!=': running !== wanted,
              '<': running < wanted,
              '<=': running <= wanted,
              '>': running > wanted,
              '>=': running >= wanted,
            };
            return results[one.operator] ?? false;
          }
        }
      };
      const selected = query.matches({
        ...facts,
        instance: { ...facts.instance, ec2InstanceId: id },
        capacity: { attributes: new Map(Object.entries(attributes)) },
        usage: { runningTasks: running, tasksByGroup: new Map(groups.map((group) => [`cluster/${group}`, 1])) },
      });
      assert.equal(selected, naive(written));
    }),
  );
});

test('no text breaks the parser', () => {
  const piece = fc.oneof(
    fc.constantFrom('attribute:a', 'task:group', '==', 'in', '[', ']', '(', ')', '!', 'not', '=~', "'", '"', '\\', ','),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const query = compileQuery(pieces.join(' '));
      assert.ok('error' in query ? query.error.length > 0 : typeof query.matches(facts) === 'boolean');
    }),
  );
});

const facts: InstanceFacts = {
  instance: {
    agentConnected: true,
    clusterArn: 'cluster',
    ec2InstanceId: 'i-2',
    registeredAt: Date.parse('2018-06-18T22:28:28.400Z'),
    versionInfo: { agentVersion: '1.80.0' },
  },
  capacity: {
    attributes: new Map([
      ['ecs.instance-type', 't2.small'],
      ['ecs.capability.task-eni', ''],
      ['rank', '10'],
    ]),
  },
  usage: {
    runningTasks: 2,
    tasksByGroup: new Map([
      ['cluster/service:production', 1],
      ['cluster/database', 1],
      ['another/other', 1],
    ]),
  },
};
