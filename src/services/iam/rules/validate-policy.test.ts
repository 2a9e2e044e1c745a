import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PolicyKind, policyProblem } from './validate-policy.ts';

const allow = { Effect: 'Allow', Action: 'ecs:RunTask', Resource: '*' };
const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecs-tasks.amazonaws.com' } };

const good: readonly (readonly [kind: PolicyKind, document: object])[] = [
  ['identity', { Version: '2012-10-17', Statement: allow }],
  [
    'identity',
    {
      Statement: [
        { ...allow, Sid: 'A' },
        { ...allow, Sid: 'B' },
      ],
    },
  ],
  [
    'identity',
    {
      Statement: [
        { ...allow, Sid: '' },
        { ...allow, Sid: '' },
      ],
    },
  ],
  ['identity', { Statement: { ...allow, Resource: ['arn:aws:s3:::a/*', 'arn:aws:ecs:*', 'arn:aws:logs:*:*:*'] } }],
  ['identity', { Statement: { ...allow, Condition: { Bool: { 'aws:SecureTransport': true } } } }],
  ['trust', { Statement: trust }],
  [
    'trust',
    { Statement: { ...trust, Action: ['sts:AssumeRole', 'sts:TagSession'], Principal: { AWS: '111122223333' } } },
  ],
  ['resource', { Statement: { ...allow, Principal: '*' } }],
  ['own', { Statement: { Sid: 'new statement', Effect: 'Allow', Action: 'ecr:*', Principal: '*' } }],
];

for (const [kind, document] of good) {
  test(`a policy of kind ${kind} is taken: ${JSON.stringify(document)}`, () => {
    assert.equal(policyProblem(JSON.stringify(document), kind), undefined);
  });
}

const bad: readonly (readonly [kind: PolicyKind, text: string, problem: RegExp])[] = [
  ['identity', '{', /invalid Json/],
  ['identity', '[]', /Syntax errors/],
  ['identity', '{}', /Syntax errors/],
  ['identity', JSON.stringify({ Version: '2013-01-01', Statement: allow }), /Syntax errors/],
  ['identity', JSON.stringify({ Statement: [] }), /Syntax errors/],
  ['identity', JSON.stringify({ Statement: { ...allow, Effect: 'allow' } }), /Syntax errors/],
  ['identity', JSON.stringify({ Statement: { ...allow, NotAction: 'a:b' } }), /Syntax errors/],
  ['identity', JSON.stringify({ Statement: { ...allow, Extra: 1 } }), /Syntax errors/],
  ['identity', JSON.stringify({ Statement: { Effect: 'Allow', Action: 'a:b' } }), /must contain resources/],
  ['identity', JSON.stringify({ Statement: { Effect: 'Allow', Resource: '*' } }), /must contain actions/],
  ['identity', JSON.stringify({ Statement: { ...allow, Action: 'RunTask' } }), /prefaced by a vendor/],
  ['identity', JSON.stringify({ Statement: { ...allow, Action: 'ec?:RunTask' } }), /Vendor ec\? is not valid/],
  [
    'identity',
    JSON.stringify({ Statement: { ...allow, Resource: 'bucket' } }),
    /Resource bucket must be in ARN format/,
  ],
  ['identity', JSON.stringify({ Statement: { ...allow, Principal: '*' } }), /should not specify a principal/],
  [
    'identity',
    JSON.stringify({
      Statement: [
        { ...allow, Sid: 'A' },
        { ...allow, Sid: 'A' },
      ],
    }),
    /must be unique/,
  ],
  ['identity', JSON.stringify({ Statement: { ...allow, Sid: 'a-b' } }), /alpha-numeric/],
  [
    'identity',
    JSON.stringify({ Statement: { ...allow, Condition: { StringIs: { 'a:b': 'c' } } } }),
    /Condition type : StringIs/,
  ],
  ['identity', JSON.stringify({ Statement: { ...allow, Condition: { Bool: { plain: 'c' } } } }), /vendor/],
  ['trust', JSON.stringify({ Statement: { ...trust, Resource: '*' } }), /prohibited field Resource/],
  ['trust', JSON.stringify({ Statement: { ...trust, Principal: undefined } }), /required field Principal/],
  ['trust', JSON.stringify({ Statement: { ...trust, Action: 'ecs:RunTask' } }), /only specify STS AssumeRole/],
  [
    'trust',
    JSON.stringify({ Statement: { ...trust, Principal: { AWS: 'arn:aws:iam::111122223333:user/*' } } }),
    /Invalid principal/,
  ],
];

for (const [kind, text, problem] of bad) {
  test(`a policy of kind ${kind} is refused: ${text}`, () => {
    assert.match(policyProblem(text, kind) ?? '', problem);
  });
}
