import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import { contextOf } from './context.ts';
import { type Decision, evaluate, type Policies, type Question } from './evaluate.ts';
import { isProblem, readPolicy } from './policy-document.ts';
import type { Caller } from './principals.ts';

/** The table of decisions, written for this project: what AWS documents, case by case. */
interface DecisionCase {
  readonly id: string;
  readonly why: string;
  readonly request: {
    readonly principal: string;
    readonly resourceAccount: string;
    readonly context: Readonly<Record<string, string | string[]>>;
    readonly action: string;
    readonly resource: string;
  };
  readonly identity?: readonly object[];
  readonly session?: readonly object[];
  readonly boundary?: object;
  readonly resourcePolicy?: object;
  readonly scps?: readonly (readonly object[])[];
  readonly rcps?: readonly (readonly object[])[];
  readonly expect: Decision;
}

const table: { readonly cases: readonly DecisionCase[] } = JSON.parse(
  readFileSync(new URL('./decision-cases.json', import.meta.url), 'utf8'),
);

for (const { id, why, request, expect, ...layers } of table.cases) {
  test(`${id}: ${why}`, () => {
    const policies: Policies = {
      identity: (layers.identity ?? []).map(compiled),
      ...(layers.boundary && { boundary: compiled(layers.boundary) }),
      ...(layers.session && { session: layers.session.map(compiled) }),
      ...(layers.resourcePolicy && { resource: compiled(layers.resourcePolicy) }),
      ...(layers.scps && { scps: layers.scps.map((level) => level.map(compiled)) }),
      ...(layers.rcps && { rcps: layers.rcps.map((level) => level.map(compiled)) }),
    };
    const question: Question = {
      caller: callerOf(request.principal),
      action: request.action,
      resource: request.resource,
      resourceAccountId: request.resourceAccount,
      context: contextOf(request.context),
      policies,
      resourcePolicyDecides: request.action === 'sts:AssumeRole',
    };
    assert.deepEqual(evaluate(question), expect);
  });
}

test('the table of decisions has all its groups', () => {
  assert.ok(table.cases.length >= 80, `${table.cases.length} cases`);
});

function compiled(document: object): CompiledPolicy {
  const read = readPolicy(JSON.stringify(document));
  assert.ok(!isProblem(read), JSON.stringify(read));
  return compilePolicy(read);
}

function callerOf(principal: string): Caller {
  if (principal.endsWith('.amazonaws.com')) return { kind: 'service', name: principal };
  const accountId = principal.split(':')[4] ?? '';
  if (principal.endsWith(':root')) return { kind: 'root', accountId, arn: principal };
  const role = /:assumed-role\/([^/]+)\//.exec(principal)?.[1];
  if (role === undefined) return { kind: 'user', accountId, arn: principal };
  return { kind: 'role-session', accountId, arn: principal, roleArn: `arn:aws:iam::${accountId}:role/${role}` };
}

// --- properties ---------------------------------------------------------------------------------------------------

const accountId = '111122223333';
const actions = ['ecs:RunTask', 'ecs:StopTask', 'logs:PutLogEvents', 's3:GetObject'];
const resources = ['arn:aws:ecs:us-east-1:111122223333:task/a/1', 'arn:aws:s3:::data/k', '*'];

interface AnyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly [element: string]: unknown;
}

const patternOf = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...texts),
    fc.constantFrom(...texts).chain((text) => fc.nat(text.length).map((end) => `${text.slice(0, end)}*`)),
    fc.constant('*'),
  );

const statement: fc.Arbitrary<AnyStatement> = fc
  .record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    action: fc.array(patternOf(actions), { minLength: 1, maxLength: 3 }),
    not: fc.boolean(),
    Resource: fc.array(patternOf(resources), { minLength: 1, maxLength: 2 }),
    team: fc.option(fc.constantFrom('a', 'b', '${aws:username}')),
  })
  .map(({ action, not, team, ...rest }) => ({
    ...rest,
    [not ? 'NotAction' : 'Action']: action,
    ...(team === null ? {} : { Condition: { StringEquals: { 'aws:ResourceTag/team': team } } }),
  }));

const layer = fc.array(statement, { maxLength: 4 });
const request = fc.record({
  action: fc.constantFrom(...actions),
  resource: fc.constantFrom(...resources),
  context: fc.record({ 'aws:ResourceTag/team': fc.constantFrom('a', 'b', 'dev') }, { requiredKeys: [] }),
});

function policyOf(statements: readonly AnyStatement[]): CompiledPolicy {
  return compiled({ Version: '2012-10-17', Statement: statements });
}

function isAllowed(
  asked: { readonly action: string; readonly resource: string; readonly context: Readonly<Record<string, string>> },
  identity: readonly (readonly AnyStatement[])[],
  boundary?: readonly AnyStatement[],
): boolean {
  const decision = evaluate({
    ...asked,
    context: contextOf({ ...asked.context, 'aws:username': 'dev' }),
    caller: { kind: 'user', accountId, arn: `arn:aws:iam::${accountId}:user/dev` },
    resourceAccountId: accountId,
    policies: { identity: identity.map(policyOf), ...(boundary && { boundary: policyOf(boundary) }) },
  });
  return decision.decision === 'allow';
}

test('one more Deny never allows more, one more Allow never allows less', () => {
  fc.assert(
    fc.property(request, layer, layer, statement, fc.boolean(), (asked, own, boundary, added, toBoundary) => {
      const before = isAllowed(asked, [own], boundary);
      const after = isAllowed(
        asked,
        [toBoundary ? own : [...own, added]],
        toBoundary ? [...boundary, added] : boundary,
      );
      assert.ok(added.Effect === 'Deny' ? before || !after : !before || after);
    }),
    { numRuns: 2000 },
  );
});

test('neither the order of statements nor how they are spread over policies matters', () => {
  fc.assert(
    fc.property(request, layer, fc.nat(4), (asked, own, at) => {
      const whole = isAllowed(asked, [own]);
      assert.equal(isAllowed(asked, [own.toReversed()]), whole);
      assert.equal(isAllowed(asked, [own.slice(at), own.slice(0, at)]), whole);
    }),
    { numRuns: 1000 },
  );
});

test('NotAction is all that Action is not', () => {
  fc.assert(
    fc.property(request, fc.array(patternOf(actions), { minLength: 1, maxLength: 3 }), (asked, patterns) => {
      const plain = isAllowed(asked, [[{ Effect: 'Allow', Action: patterns, Resource: '*' }]]);
      assert.equal(isAllowed(asked, [[{ Effect: 'Allow', NotAction: patterns, Resource: '*' }]]), !plain);
    }),
  );
});
