import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import {
  type Bed,
  credentials,
  ecsTarget,
  formRequest,
  jsonOf,
  jsonRequest,
  notes,
  openBed,
  rawRequest,
  region,
  textOf,
} from './bed.ts';
import { Sha256 } from './node-sha256.ts';

async function post(
  bed: Bed,
  operation: string,
  body: string | Uint8Array,
  more: Readonly<Record<string, string>> = {},
): Promise<{
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, string>>;
}> {
  const target = operation.includes('.') ? operation : `${ecsTarget}.${operation}`;
  const response = await bed.handler.request(jsonRequest(bed, target, body, more));
  return { status: response.status, headers: response.headers, body: await jsonOf(response) };
}

describe('JSON', () => {
  test('an error names itself in the body and in the header', async () => {
    const bed = await openBed();
    const { status, body, headers } = await post(bed, 'CreateCluster', '{"clusterName":"refused"}');
    assert.equal(status, 400);
    assert.deepEqual(body, { __type: 'ClientException', message: 'The cluster is refused.' });
    assert.equal(headers['x-amzn-errortype'], 'ClientException');
    assert.equal(headers['content-type'], 'application/x-amz-json-1.1');
    assert.match(headers['x-amzn-requestid'] ?? '', /^[0-9a-f-]{36}$/);
  });

  test('a client of version 1.0 is answered in it', async () => {
    const bed = await openBed();
    const { headers } = await post(bed, 'ListClusters', '{}', { 'content-type': 'application/x-amz-json-1.0' });
    assert.equal(headers['content-type'], 'application/x-amz-json-1.0');
  });

  const wrongTypes: readonly (readonly [operation: string, body: string, message: RegExp])[] = [
    ['CreateCluster', '{"clusterName":5}', /^NUMBER_VALUE cannot be converted to String \(at clusterName\)$/],
    ['CreateCluster', '{"clusterName":true}', /^TRUE_VALUE cannot be converted to String/],
    ['CreateCluster', '{"clusterName":["a"]}', /^START_ARRAY cannot be converted to String/],
    ['CreateCluster', '{"clusterName":{}}', /^START_OBJECT cannot be converted to String/],
    ['CreateCluster', '{"tags":"no"}', /^STRING_VALUE cannot be converted to List \(at tags\)$/],
    ['CreateCluster', '{"tags":{}}', /^START_OBJECT cannot be converted to List/],
    ['CreateCluster', '{"tags":[null]}', /^a list holds no null \(at tags\.1\.member\)$/],
    [
      'CreateCluster',
      '{"tags":[{"key":"a"},[]]}',
      /^START_ARRAY cannot be converted to Structure \(at tags\.2\.member\)$/,
    ],
    ['CreateCluster', '{"configuration":[]}', /Structure \(at configuration\)$/],
    ['RunTask', '{"taskDefinition":"a","count":"1"}', /^STRING_VALUE cannot be converted to Long \(at count\)$/],
    ['RunTask', '{"taskDefinition":"a","count":1.5}', /^NUMBER_VALUE cannot be converted to Long/],
    ['RunTask', '{"taskDefinition":"a","count":1e400}', /^NUMBER_VALUE cannot be converted to Long/],
    ['RunTask', '{"taskDefinition":"a","enableExecuteCommand":"true"}', /^STRING_VALUE cannot be converted to Boolean/],
    [
      'RegisterTaskDefinition',
      '{"family":"f","containerDefinitions":[{"dockerLabels":{"a":1}}]}',
      /at containerDefinitions\.1\.member\.dockerLabels\.a\.member/,
    ],
    [
      'RegisterTaskDefinition',
      '{"family":"f","containerDefinitions":[{"dockerLabels":[]}]}',
      /cannot be converted to Map/,
    ],
    ['CreateCluster', '[]', /^START_ARRAY cannot be converted to Structure$/],
    ['CreateCluster', '"a"', /^STRING_VALUE cannot be converted to Structure$/],
    ['CreateCluster', '1', /^NUMBER_VALUE cannot be converted to Structure$/],
    ['CreateCluster', 'null', /not a JSON object/],
    ['CreateCluster', '{', /not valid JSON/],
    ['CreateCluster', '{"a":1}}', /not valid JSON/],
    ['CreateCluster', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, /nested too deeply/],
    ['CreateCluster', '\u00a0', /not valid JSON/],
  ];
  for (const [operation, body, message] of wrongTypes) {
    test(`${body.slice(0, 60)} is a SerializationException`, async () => {
      const bed = await openBed();
      const answer = await post(bed, operation, body);
      assert.equal(answer.status, 400);
      assert.equal(answer.body['__type'], 'SerializationException');
      assert.match(String(answer.body['message']), message);
      assert.deepEqual(bed.notebook.inputs, []);
    });
  }

  test('bytes that are not UTF-8 are a SerializationException', async () => {
    const bed = await openBed();
    const body = Uint8Array.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);
    assert.equal((await post(bed, 'CreateCluster', body)).body['__type'], 'SerializationException');
  });

  test('null is absent, unknown members are left out, an empty body is an empty input', async () => {
    const bed = await openBed();
    const body = '{"tasks":["t"],"cluster":null,"include":null,"__proto__":{"x":1},"later":{"deep":[1]}}';
    assert.equal((await post(bed, 'DescribeTasks', body)).status, 200);
    assert.deepEqual(bed.notebook.inputs, [{ tasks: ['t'] }]);
    assert.equal((await post(bed, 'ListClusters', '')).status, 200);
  });

  test('a map keeps a key named __proto__ as a key', async () => {
    const bed = await openBed();
    await post(
      bed,
      'RegisterTaskDefinition',
      '{"family":"f","containerDefinitions":[{"dockerLabels":{"__proto__":"p"}}]}',
    );
    const labels = JSON.stringify(bed.notebook.inputs[0]);
    assert.equal(labels, '{"family":"f","containerDefinitions":[{"dockerLabels":{"__proto__":"p"}}]}');
    assert.equal(Object.getPrototypeOf({}).p, undefined);
  });

  test('what the model requires and is not there is named, nested too', async () => {
    const bed = await openBed();
    const { status, body } = await post(
      bed,
      'RegisterTaskDefinition',
      '{"containerDefinitions":[{"logConfiguration":{}},{}]}',
    );
    assert.equal(status, 400);
    assert.deepEqual(body, {
      __type: 'InvalidParameterException',
      message:
        "2 validation errors detected: Value null at 'containerDefinitions.1.member.logConfiguration.logDriver' failed to satisfy constraint: Member must not be null; Value null at 'family' failed to satisfy constraint: Member must not be null",
    });
    const logs = await post(bed, 'Logs_20140328.CreateLogGroup', '{}');
    assert.equal(logs.body['__type'], 'InvalidParameterException');
    assert.match(String(logs.body['message']), /^1 validation error detected: Value null at 'logGroupName'/);
  });

  test('unknown operations and targets are 400s that say so', async () => {
    const bed = await openBed();
    for (const target of [
      `${ecsTarget}.Nothing`,
      `${ecsTarget}.constructor`,
      `${ecsTarget}.__proto__`,
      `${ecsTarget}.`,
      'Other_20200101.List',
      'NoDot',
      '',
    ]) {
      const { status, body } = await post(bed, target.includes('.') ? target : `x.${target}`, '{}');
      assert.equal(status, 400, target);
      assert.equal(body['__type'], 'UnknownOperationException', target);
    }
  });

  test('a batch of log events of the greatest size AWS takes passes, with every character escaped', async () => {
    const bed = await openBed();
    const message = '\\u0001'.repeat(1_048_576 - 26);
    const body = `{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"${message}"}]}`;
    assert.equal((await post(bed, 'Logs_20140328.PutLogEvents', body)).status, 200);
  });

  test('a body over the limit is refused in the shape of the protocol', async () => {
    const bed = await openBed({ limits: { bodyBytes: 1000 } });
    const { status, body } = await post(bed, 'CreateCluster', `{"clusterName":"${'a'.repeat(1000)}"}`);
    assert.equal(status, 413);
    assert.equal(body['__type'], 'RequestEntityTooLargeException');
  });

  test('a request that nobody signed says so', async () => {
    const bed = await openBed();
    const request = rawRequest(
      'POST',
      '/',
      [
        ['Host', 'localhost'],
        ['X-Amz-Target', `${ecsTarget}.ListClusters`],
      ],
      '{}',
    );
    const response = await bed.handler.request(request);
    assert.equal(response.status, 400);
    assert.deepEqual(await jsonOf(response), {
      __type: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
  });

  test('a signature for another service does not pass', async () => {
    const bed = await openBed();
    const headers = { host: 'localhost', 'x-amz-target': `${ecsTarget}.ListClusters` };
    for (const service of ['sts', 'logs', 's3', 'ec2']) {
      const signed = bed.sign({ method: 'POST', url: 'http://localhost/', headers, body: '{}', service });
      const answer = await jsonOf(await bed.handler.request(rawRequest('POST', '/', Object.entries(signed), '{}')));
      assert.deepEqual(answer, {
        __type: 'InvalidSignatureException',
        message: "Credential should be scoped to correct service: 'ecs'.",
      });
    }
  });

  test('a change that the journal refuses is a ServerException that clients send again, and is not kept', async () => {
    const bed = await openBed();
    bed.journal.failWhen(() => true);
    const refused = await post(bed, 'CreateCluster', '{"clusterName":"a"}');
    assert.equal(refused.status, 500);
    assert.equal(refused.body['__type'], 'ServerException');
    assert.match(String(refused.body['message']), /could not be made durable and was not made/);
    bed.journal.failWhen(undefined);
    assert.deepEqual((await post(bed, 'ListClusters', '{}')).body, { clusterArns: [] });
  });

  test('an answer waits for what it has read to be durable', async () => {
    const bed = await openBed();
    await post(bed, 'CreateCluster', '{"clusterName":"a"}');
    let durable = false;
    const writing = bed.store.update((tx) => tx.put(notes, { name: 'b' })).then(() => (durable = true));
    const { body } = await post(bed, 'ListClusters', '{}');
    assert.deepEqual(body, { clusterArns: ['a', 'b'] });
    assert.equal(durable, true);
    await writing;
  });
});

describe('query', () => {
  test('an answer has its result, its name space and its request id', async () => {
    const bed = await openBed();
    const response = await bed.handler.request(
      formRequest(bed, 'sts', { Action: 'GetCallerIdentity', Version: '2011-06-15' }),
    );
    assert.equal(response.status, 200);
    assert.match(
      await textOf(response),
      /^<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><GetCallerIdentityResult>.*<Account>000000000000<\/Account>.*<\/GetCallerIdentityResult><ResponseMetadata><RequestId>[0-9a-f-]{36}<\/RequestId><\/ResponseMetadata><\/GetCallerIdentityResponse>$/,
    );
  });

  const refusals: readonly (readonly [service: string, form: Record<string, string>, code: string, status: number])[] =
    [
      ['sts', { Version: '2011-06-15' }, 'MissingAction', 400],
      ['sts', { Action: 'Nothing', Version: '2011-06-15' }, 'InvalidAction', 400],
      ['sts', { Action: 'constructor', Version: '2011-06-15' }, 'InvalidAction', 400],
      ['sts', { Action: 'GetCallerIdentity' }, 'InvalidAction', 400],
      ['sts', { Action: 'GetCallerIdentity', Version: '2010-01-01' }, 'InvalidAction', 400],
      ['sts', { Action: 'DescribeVpcs', Version: '2016-11-15' }, 'InvalidAction', 400],
      [
        'sts',
        { Action: 'DecodeAuthorizationMessage', Version: '2011-06-15', EncodedMessage: 'x' },
        'UnsupportedOperation',
        400,
      ],
      ['ec2', { Action: 'Nothing', Version: '2016-11-15' }, 'InvalidAction', 400],
      ['ec2', { Action: 'RunInstances', Version: '2016-11-15' }, 'UnsupportedOperation', 400],
      ['ec2', { Action: 'DescribeVpcs', Version: '2016-11-15', MaxResults: 'many' }, 'InvalidParameterValue', 400],
      ['ec2', { Action: 'DescribeVpcs', Version: '2016-11-15', DryRun: '1' }, 'InvalidParameterValue', 400],
      ['ec2', { Action: 'DeleteVpc', Version: '2016-11-15' }, 'MissingParameter', 400],
    ];
  for (const [service, form, code, status] of refusals) {
    test(`${service} ${JSON.stringify(form)} is ${code}`, async () => {
      const bed = await openBed();
      const response = await bed.handler.request(formRequest(bed, service, form));
      const text = await textOf(response);
      assert.equal(response.status, status, text);
      assert.ok(text.includes(`<Code>${code}</Code>`), text);
      assert.match(
        text,
        service === 'ec2' ? /<RequestID>[0-9a-f-]{36}<\/RequestID>/ : /<RequestId>[0-9a-f-]{36}<\/RequestId>/,
      );
    });
  }

  test('a presigned URL is answered, by either method and without a content type', async () => {
    const bed = await openBed();
    const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
    for (const method of ['GET', 'POST']) {
      const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
      const plain = {
        method,
        protocol: 'http:',
        hostname: 'localhost',
        path: '/',
        query,
        headers: { host: 'localhost' },
      };
      const signed = await signer.presign(plain, { signingDate: new Date(bed.clock.now()), expiresIn: 60 });
      const target = `/?${new URLSearchParams(Object.entries(signed.query ?? {}).map(([name, value]) => [name, String(value)])).toString()}`;
      const response = await bed.handler.request(rawRequest(method, target, [['Host', 'localhost']]));
      assert.equal(response.status, 200, await textOf(response));
    }
  });

  test('an unsigned form is refused', async () => {
    const bed = await openBed();
    const headers = [
      ['Host', 'localhost'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ] as const;
    const response = await bed.handler.request(
      rawRequest('POST', '/', headers, 'Action=GetCallerIdentity&Version=2011-06-15'),
    );
    assert.equal(response.status, 403);
    assert.ok((await textOf(response)).includes('<Code>MissingAuthenticationToken</Code>'));
  });
});

describe('a websocket upgrade', () => {
  const upgrade = async (bed: Bed, target: string, service = 'ecs'): Promise<unknown> => {
    const signed = bed.sign({
      method: 'GET',
      url: `http://localhost${target}`,
      headers: { host: 'localhost' },
      body: '',
      service,
    });
    return await bed.handler.upgrade(
      rawRequest('GET', target, [...Object.entries(signed), ['Upgrade', 'websocket'], ['Connection', 'Upgrade']]),
    );
  };
  test('that is signed is accepted', async () => {
    assert.equal(typeof (await upgrade(await openBed(), '/ws?seqNum=1&agentHash=a%20b')), 'function');
  });
  test('is refused with a body that the agent reads', async () => {
    const bed = await openBed();
    const refusals = [
      [await upgrade(bed, '/ws?seqNum=2'), 400, { InvalidInstanceException: 'There is no such instance.' }],
      [await upgrade(bed, '/nothing'), 404, { BadRequestException: 'There is no websocket at this path.' }],
      [
        await upgrade(bed, '/ws?seqNum=1', 'sts'),
        403,
        { AccessDeniedException: "Credential should be scoped to correct service: 'ecs'." },
      ],
      [
        await bed.handler.upgrade(rawRequest('GET', '/ws?seqNum=1', [['Host', 'localhost']])),
        403,
        { AccessDeniedException: 'Missing Authentication Token' },
      ],
    ] as const;
    for (const [answer, status, body] of refusals) {
      assert.ok(typeof answer === 'object' && answer !== null && 'status' in answer && 'body' in answer);
      assert.equal(answer.status, status);
      assert.deepEqual(JSON.parse(String(answer.body)), body);
    }
  });
});
