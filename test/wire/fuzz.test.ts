import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { model as ecsModel } from '../../src/aws/models/ecs.gen.ts';
import type { ServiceModel } from '../../src/aws/model.ts';
import type { HttpRequest, HttpResponse, RawHeaders } from '../../src/world/net.ts';
import { type Bed, builtOperations, ecsTarget, jsonRequest, openBed, rawRequest, textOf } from './bed.ts';

/**
 * Requests that are wrong in one way or several, from bytes that are nothing to calls that are nearly right, against
 * the services that are shipped. Whatever comes: an answer, never a 5xx, and a refused request has written nothing.
 */
const runs = Number(process.env['FUZZ_RUNS'] ?? 10_000);

test(`${runs} broken requests get an answer below 500 and write nothing when refused`, async () => {
  const bed = await openBed({ realEcs: true, limits: { bodyBytes: 64 * 1024 } });
  const seen = new Map<number, number>();
  for (const [operation, body] of beginnings) {
    const response = await bed.handler.request(jsonRequest(bed, `${ecsTarget}.${operation}`, body));
    assert.equal(response.status, 200, await textOf(response));
  }
  const first = bed.journal.commits;
  await fc.assert(
    fc.asyncProperty(anyRequest, async (plan) => {
      const before = bed.journal.commits;
      const request = build(bed, plan);
      const response = await answerOf(bed, request, plan);
      seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
      const text = await textOf(response);
      assert.ok(response.status < 500, `${response.status} ${text} ${bed.log.lines.at(-1)}`);
      if (response.status >= 400) assert.equal(bed.journal.commits, before, 'a refused request writes nothing');
    }),
    { numRuns: runs },
  );
  assert.ok(bed.journal.commits > first, 'some requests were right enough to write');
  // A fuzz that only ever meets one door tests that door alone.
  for (const status of [200, 400, 403, 404, 413, 415])
    assert.ok((seen.get(status) ?? 0) > 0, `${status} was met: ${JSON.stringify([...seen])}`);
});

/** Something to be found by the names among the words. */
const beginnings = [
  ['CreateCluster', '{}'],
  ['CreateCluster', '{"clusterName":"web"}'],
  ['RegisterTaskDefinition', '{"family":"web","containerDefinitions":[{"name":"web","image":"nginx","memory":64}]}'],
  ['CreateService', '{"serviceName":"web","taskDefinition":"web","desiredCount":1}'],
] as const;

interface Plan {
  readonly kind: 'json' | 'form' | 'raw' | 'upgrade';
  readonly operation: string;
  readonly body: string | Uint8Array;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly service: string;
  readonly signed: 'well' | 'badly' | 'no';
}

/** Values by the model, with a wrong one here and there. */
function valueOf(model: ServiceModel, name: string, depth: number): fc.Arbitrary<unknown> {
  const shape = model.shapes[name] ?? { kind: name };
  const right = ((): fc.Arbitrary<unknown> => {
    if (depth > 5) return fc.constant(null);
    if ('members' in shape) {
      const members = Object.entries(shape.members).map(([member, of]): [string, fc.Arbitrary<unknown>] => [
        member,
        valueOf(model, of.shape, depth + 1),
      ]);
      const required = members.filter(([member]) => shape.required.includes(member));
      // With half of all there is, next to nothing gets past the first check.
      const few = fc
        .subarray(members, { maxLength: Math.min(2, members.length) })
        .chain((chosen) => fc.record(Object.fromEntries([...required, ...chosen])));
      return fc.oneof(few, fc.record(Object.fromEntries(members), { requiredKeys: [...shape.required] }));
    }
    if ('member' in shape) return fc.array(valueOf(model, shape.member.shape, depth + 1), { maxLength: 3 });
    if ('value' in shape)
      return fc.dictionary(
        fc.oneof(fc.string(), fc.constant('__proto__')),
        valueOf(model, shape.value.shape, depth + 1),
        { maxKeys: 3 },
      );
    switch (shape.kind) {
      case 'string':
        return fc.oneof(
          fc.constantFrom(...words),
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.constant('x'.repeat(3000)),
        );
      case 'boolean':
        return fc.boolean();
      case 'timestamp':
        return fc.oneof(fc.double(), fc.integer());
      default:
        return fc.oneof(fc.integer(), fc.nat(10), fc.maxSafeInteger(), fc.double());
    }
  })();
  return fc.oneof({ arbitrary: right, weight: 300 }, { arbitrary: fc.jsonValue(), weight: 1 });
}

/** Texts that mean something somewhere, so that calls get past the first check. */
const words = [
  'default',
  'web',
  'web:1',
  'nginx',
  'bridge',
  'awsvpc',
  'EC2',
  'FARGATE',
  'ACTIVE',
  'INACTIVE',
  'RUNNING',
  'STOPPED',
  'TAGS',
  '256',
  '512',
  'tcp',
  'container-instance',
  'containerInsights',
  'arn:aws:ecs:us-east-1:000000000000:cluster/default',
  'arn:aws:ecs:us-east-1:000000000000:task/default/0123456789abcdef0123456789abcdef',
  '0123456789abcdef0123456789abcdef',
  '',
];

const operations = Object.keys(ecsModel.operations);
const inputs = new Map(
  operations.map((name) => [name, valueOf(ecsModel, ecsModel.operations[name]?.input ?? 'document', 0)]),
);

function callOf(names: readonly string[]): fc.Arbitrary<{ readonly operation: string; readonly body: string }> {
  return fc.constantFrom(...names).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      body: (inputs.get(operation) ?? fc.constant({})).map((input) => JSON.stringify(input)),
    }),
  );
}
const jsonCall = callOf(operations);
/** Calls of operations that are built, well signed and of the right form: what is wrong with them is inside. */
const builtCall = callOf(builtOperations);
const brokenBody: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.nat(5000).map((depth) => '['.repeat(depth)),
  fc.nat(5000).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.constant(`{"clusterName":"${'a'.repeat(70_000)}"}`),
  fc.constant('{"clusterName":"\ud800"}'),
);
const formBody = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom(
          'Action',
          'Version',
          'VpcId.1',
          'Filter.1.Name',
          'Filter.1.Value.1',
          'MaxResults',
          'a.b.c.1',
          '.',
          '1'.repeat(300),
        ),
        fc.string(),
      ),
      fc.oneof(
        fc.constantFrom(
          'DescribeVpcs',
          'DescribeSubnets',
          'GetCallerIdentity',
          '2016-11-15',
          '2011-06-15',
          'vpc-1',
          '5',
        ),
        fc.string({ unit: 'binary' }),
      ),
    ),
    { maxLength: 8 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${escape(name)}=${escape(value)}`).join('&'));

function escape(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const headerName = fc.oneof(
  fc.constantFrom(
    'host',
    'x-amz-date',
    'authorization',
    'x-amz-target',
    'content-type',
    'x-amz-content-sha256',
    'x-amz-security-token',
    'origin',
    'content-encoding',
    'date',
    'x-amz-extra',
  ),
  fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz-'.split('')), minLength: 1 }),
);
const headerValue = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom(
    'localhost',
    'evil.example',
    'AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0',
    'text/plain',
    'UNSIGNED-PAYLOAD',
    'gzip',
    'application/x-www-form-urlencoded',
  ),
);
const extraHeaders = fc.oneof(
  { arbitrary: fc.constant([]), weight: 3 },
  { arbitrary: fc.array(fc.tuple(headerName, headerValue), { maxLength: 3 }), weight: 1 },
);
const targets = fc.oneof(
  { arbitrary: fc.constant('/'), weight: 10 },
  {
    arbitrary: fc.oneof(
      fc.constantFrom(
        '/ws?seqNum=1',
        '/?Action=DescribeVpcs&Version=2016-11-15',
        '/?X-Amz-Algorithm=AWS4-HMAC-SHA256',
        '*',
        '/service/ECS/operation/ListClusters',
        '//',
        '/%',
        '/?%zz=%',
        'http://a/b',
      ),
      fc
        .string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)) })
        .map((text) => `/${text}`),
    ),
    weight: 1,
  },
);
const signing = fc.constantFrom<Plan['signed']>('well', 'well', 'well', 'well', 'badly', 'no');
const methods = fc.oneof(
  { arbitrary: fc.constant('POST'), weight: 12 },
  { arbitrary: fc.constantFrom('GET', 'PUT', 'OPTIONS', 'HEAD'), weight: 1 },
);
const frame = { method: methods, target: targets, headers: extraHeaders, signed: signing };

const plain = {
  method: fc.constant('POST'),
  target: fc.constant('/'),
  headers: fc.constant([]),
  signed: fc.constant<Plan['signed']>('well'),
};

const anyRequest: fc.Arbitrary<Plan> = fc.oneof(
  {
    arbitrary: fc
      .record({ kind: fc.constant<Plan['kind']>('json'), call: builtCall, service: fc.constant('ecs'), ...plain })
      .map(({ call, ...rest }) => ({ ...rest, ...call })),
    weight: 9,
  },
  {
    arbitrary: fc
      .record({
        kind: fc.constant<Plan['kind']>('json'),
        call: jsonCall,
        service: fc.constantFrom('ecs', 'ecs', 'ecs', 'ecs', 'sts'),
        ...frame,
      })
      .map(({ call, ...rest }) => ({ ...rest, ...call })),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant<Plan['kind']>('json'),
      operation: fc.oneof(fc.constantFrom(...operations), fc.string(), fc.constantFrom('__proto__', 'toString')),
      body: brokenBody,
      service: fc.constantFrom('ecs', 'logs', ''),
      ...frame,
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant<Plan['kind']>('form'),
      operation: fc.constant(''),
      body: fc.oneof(formBody, formBody, brokenBody),
      service: fc.constantFrom('sts', 'ec2', 'ecs', 'nothing'),
      ...frame,
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom<Plan['kind']>('raw', 'upgrade'),
      operation: fc.string(),
      body: brokenBody,
      service: fc.string(),
      ...frame,
    }),
    weight: 1,
  },
);

function build(bed: Bed, plan: Plan): HttpRequest {
  const own: Record<string, string> = { host: 'localhost' };
  if (plan.kind === 'json') {
    own['content-type'] = 'application/x-amz-json-1.1';
    own['x-amz-target'] = `${ecsTarget}.${plan.operation}`;
  }
  if (plan.kind === 'form') own['content-type'] = 'application/x-www-form-urlencoded';
  if (plan.signed === 'no')
    return rawRequest(plan.method, plan.target, [...Object.entries(own), ...plan.headers], plan.body);
  // Headers that a good signature covers make requests that get far; the same added afterwards make tampered ones.
  const covered =
    plan.signed === 'well'
      ? Object.fromEntries(plan.headers.filter(([name]) => name !== 'authorization' && name !== 'x-amz-date'))
      : {};
  const url = `http://localhost${plan.target}`;
  const headers = bed.sign({
    method: plan.method,
    url,
    headers: { ...own, ...covered },
    body: plan.body,
    service: plan.service,
  });
  const sent: RawHeaders =
    plan.signed === 'well'
      ? Object.entries(headers)
      : [...Object.entries(headers), ...plan.headers, ['x-amz-late', '1']];
  return rawRequest(plan.method, plan.target, sent, plan.body);
}

async function answerOf(bed: Bed, request: HttpRequest, plan: Plan): Promise<HttpResponse> {
  if (plan.kind !== 'upgrade') return await bed.handler.request(request);
  const answer = await bed.handler.upgrade(request);
  return typeof answer === 'function' ? { status: 200, headers: {}, body: '' } : answer;
}
