// Every way in which a verifier of S3's signatures has been found wrong elsewhere, tried on ours.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createSigner } from '../../src/aws/signer.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import { credentials, region, textOf } from './bed.ts';
import { openS3, refusalOf, type S3Bed } from './s3-bed.ts';

let bed: S3Bed;
before(async () => {
  bed = await openS3();
  assert.equal((await bed.call({ method: 'PUT', path: '/b12' })).status, 200);
});

const put = { method: 'PUT', path: '/b12/key', body: 'content' } as const;

describe('a signed S3 request', () => {
  test('stores and reads an object', async () => {
    assert.equal((await bed.call(put)).status, 200);
    assert.equal(await textOf(await bed.call({ method: 'GET', path: '/b12/key' })), 'content');
  });

  test('is over the body: another body is refused and nothing is stored', async () => {
    const answer = await bed.call({ method: 'PUT', path: '/b12/other', body: 'content', sentBody: 'CONTENT' });
    assert.equal(await refusalOf(answer), '400 XAmzContentSHA256Mismatch');
    assert.equal((await bed.call({ method: 'HEAD', path: '/b12/other' })).status, 404);
  });

  test('says how its body is hashed', async () => {
    const sign = createSigner({ clock: bed.clock, hash: realHash(), region, credentials });
    const url = 'http://localhost/b12/key';
    const headers = sign({ method: 'PUT', url, headers: { host: 'localhost' }, body: 'content', service: 's3' });
    assert.equal(await refusalOf(await bed.send(put, headers)), '400 InvalidRequest');
  });

  for (const word of ['UNSIGNED', 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', 'A'.repeat(64), '']) {
    test(`with the unknown word '${word}' for its body is refused`, async () => {
      const answer = await bed.call({ ...put, path: '/b12/unknown', headers: { 'x-amz-content-sha256': word } });
      assert.match(await refusalOf(answer), /^40[03] (InvalidArgument|SignatureDoesNotMatch)$/);
      assert.equal((await bed.call({ method: 'HEAD', path: '/b12/unknown' })).status, 404);
    });
  }

  test('with an unsigned payload is taken where it says so', async () => {
    const answer = await bed.call({
      ...put,
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      sentBody: 'other',
    });
    assert.equal(answer.status, 200);
  });

  test('with an x-amz header that was not signed is refused', async () => {
    const headers = await bed.sign(put);
    const answer = await bed.send(put, { ...headers, 'x-amz-acl': 'private' });
    assert.equal(await refusalOf(answer), '403 AccessDenied');
  });

  test('for another host is refused', async () => {
    const headers = await bed.sign(put);
    assert.equal(
      await refusalOf(await bed.send(put, { ...headers, host: 'b12.localhost' })),
      '403 SignatureDoesNotMatch',
    );
  });

  test('says what it signed when it does not match', async () => {
    const headers = await bed.sign(put);
    const text = await textOf(await bed.send({ ...put, path: '/b12/key2' }, headers));
    assert.match(text, /<CanonicalRequest>PUT\n\/b12\/key2\n/);
    assert.match(text, /<StringToSign>AWS4-HMAC-SHA256/);
  });

  test('is good for 15 minutes either way', async () => {
    const at = (minutes: number): Date => new Date(bed.clock.now() + minutes * 60_000);
    for (const minutes of [-15, 15]) assert.equal((await bed.call({ ...put, signedAt: at(minutes) })).status, 200);
    for (const minutes of [-16, 16]) {
      assert.equal(await refusalOf(await bed.call({ ...put, signedAt: at(minutes) })), '403 RequestTimeTooSkewed');
    }
  });

  test('for another service or region is not one for S3', async () => {
    const headers = await bed.sign(put);
    const authorization = headers['authorization'] ?? '';
    const ofRegion = { ...headers, authorization: authorization.replace(`/${region}/`, '/eu-north-1/') };
    assert.equal(await refusalOf(await bed.send(put, ofRegion)), '400 AuthorizationHeaderMalformed');
    const ofService = { ...headers, authorization: authorization.replace('/s3/', '/ecs/') };
    assert.ok((await bed.send(put, ofService)).status >= 400);
  });

  test('by an unknown key, or with two signatures, is refused', async () => {
    const headers = await bed.sign(put);
    const unknown = headers['authorization']?.replace(credentials.accessKeyId, 'AKIAUNKNOWNUNKNOWN00') ?? '';
    assert.equal(
      await refusalOf(await bed.send(put, { ...headers, authorization: unknown })),
      '403 InvalidAccessKeyId',
    );
    const twice = { ...put, query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=x' };
    assert.equal(await refusalOf(await bed.send(twice, headers)), '400 AuthorizationHeaderMalformed');
  });

  test('whose query was changed is refused, whatever the case of a parameter', async () => {
    const headers = await bed.sign({ method: 'GET', path: '/b12/', query: 'list-type=2' });
    for (const query of ['list-type=2&prefix=x', 'list-type=2&x-amz-signature=x', 'list-type=1']) {
      const answer = await bed.send({ method: 'GET', path: '/b12/', query }, headers);
      assert.equal(await refusalOf(answer), '403 SignatureDoesNotMatch', query);
    }
  });

  test('keeps dots and double slashes of a key, and spaces, plus signs and letters of any script', async () => {
    for (const key of ['a//b', './x', '../y', 'a/../b', 'a%20b', 'a%2Bb', '%C3%BC', 'x%3Fy%23z', 'q%21%27%28%29%2A']) {
      const body = `at ${key}`;
      assert.equal((await bed.call({ method: 'PUT', path: `/b12/k/${key}`, body })).status, 200, key);
      assert.equal(await textOf(await bed.call({ method: 'GET', path: `/b12/k/${key}` })), body, key);
    }
    const text = await textOf(await bed.call({ method: 'GET', path: '/b12/', query: 'list-type=2&prefix=k%2F' }));
    const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
    assert.deepEqual(
      keys,
      ['../y', './x', 'a b', 'a+b', 'a/../b', 'a//b', 'q!&#39;()*', 'x?y#z', 'ü'].map((key) => `k/${key}`),
    );
  });

  test('for an escaped slash is one for the slash', async () => {
    assert.equal((await bed.call({ method: 'PUT', path: '/b12/in/side', body: 'x' })).status, 200);
    const headers = await bed.sign({ method: 'GET', path: '/b12/in/side' });
    assert.equal(await textOf(await bed.send({ method: 'GET', path: '/b12/in%2fside' }, headers)), 'x');
  });

  test('may be in virtual-host style', async () => {
    for (const host of [
      'b12.localhost:4566',
      'b12.s3.localhost',
      'b12.s3.us-east-1.amazonaws.com',
      'b12.longshore.example',
    ]) {
      const answer = await bed.call({ method: 'GET', path: '/key', host });
      assert.equal(answer.status, 200, host);
    }
    assert.equal((await bed.call({ method: 'GET', path: '/b12/key', host: 's3.localhost' })).status, 200);
  });

  test('is missing: nobody is let in', async () => {
    for (const [path, host] of [
      ['/b12/key', 'localhost'],
      ['/', 'b12.localhost'],
      ['/b12', 'longshore.example'],
    ] as const) {
      const answer = await bed.send({ method: 'GET', path }, { host });
      assert.equal(await refusalOf(answer), '403 AccessDenied');
    }
  });

  test('changed in any one byte that is signed does not verify', async () => {
    const headers = await bed.sign(put);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('authorization', 'x-amz-date', 'x-amz-content-sha256', 'host'),
        fc.nat(400),
        async (name, at) => {
          const value = headers[name] ?? '';
          const place = at % value.length;
          const changed = `${value.slice(0, place)}${value[place] === '0' ? '1' : '0'}${value.slice(place + 1)}`;
          const answer = await bed.send({ ...put, path: '/b12/key' }, { ...headers, [name]: changed });
          assert.ok(answer.status >= 400, changed);
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('a presigned URL', () => {
  const presign = async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    expiresIn = 60,
  ): Promise<string> => {
    const signed = await bed.signer.presign(
      {
        method,
        protocol: 'http:',
        hostname: 'localhost',
        path,
        query: {},
        headers: { host: 'localhost', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers },
      },
      { expiresIn, signingDate: new Date(bed.clock.now()), unsignableHeaders: new Set(['x-amz-content-sha256']) },
    );
    return new URLSearchParams(Object.entries(signed.query ?? {}).map(([name, value]) => [name, String(value)]))
      .toString()
      .replaceAll('+', '%20');
  };

  test('puts and gets, with no signature of the body', async () => {
    const query = await presign('PUT', '/b12/presigned');
    assert.equal(
      (await bed.send({ method: 'PUT', path: '/b12/presigned', query, body: 'by link' }, { host: 'localhost' })).status,
      200,
    );
    const get = await presign('GET', '/b12/presigned');
    const answer = await bed.send({ method: 'GET', path: '/b12/presigned', query: get }, { host: 'localhost' });
    assert.equal(await textOf(answer), 'by link');
  });

  test('is for one method and one key', async () => {
    const query = await presign('GET', '/b12/presigned');
    for (const [method, path] of [
      ['DELETE', '/b12/presigned'],
      ['GET', '/b12/key'],
    ] as const) {
      assert.equal(
        await refusalOf(await bed.send({ method, path, query }, { host: 'localhost' })),
        '403 SignatureDoesNotMatch',
      );
    }
  });

  test('ends, and may not last longer than a week', async () => {
    const query = await presign('GET', '/b12/presigned', {}, 60);
    const end = new URLSearchParams(query);
    end.set('X-Amz-Expires', '604801');
    assert.equal(
      await refusalOf(
        await bed.send({ method: 'GET', path: '/b12/presigned', query: end.toString() }, { host: 'localhost' }),
      ),
      '400 AuthorizationQueryParametersError',
    );
    end.set('X-Amz-Expires', '-1');
    assert.equal(
      await refusalOf(
        await bed.send({ method: 'GET', path: '/b12/presigned', query: end.toString() }, { host: 'localhost' }),
      ),
      '400 AuthorizationQueryParametersError',
    );
    await bed.clock.advance(60_000);
    const late = await bed.send({ method: 'GET', path: '/b12/presigned', query }, { host: 'localhost' });
    assert.match(await textOf(late), /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message>/);
  });

  test('does not vouch for an x-amz header that it does not name', async () => {
    const query = await presign('GET', '/b12/presigned');
    const answer = await bed.send(
      { method: 'GET', path: '/b12/presigned', query },
      { host: 'localhost', 'x-amz-checksum-mode': 'ENABLED' },
    );
    assert.equal(await refusalOf(answer), '403 AccessDenied');
  });

  test('of the old kind is taken until it expires, and for what it says', async () => {
    const expires = String(Math.floor(bed.clock.now() / 1000) + 60);
    const text = `GET\n\n\n${expires}\n/b12/presigned`;
    const signature = createHmac('sha1', credentials.secretAccessKey).update(text).digest('base64');
    const query = new URLSearchParams({
      AWSAccessKeyId: credentials.accessKeyId,
      Signature: signature,
      Expires: expires,
    }).toString();
    const path = '/b12/presigned';
    assert.equal(await textOf(await bed.send({ method: 'GET', path, query }, { host: 'localhost' })), 'by link');
    const wrong = query.replace(`Expires=${expires}`, `Expires=${Number(expires) + 1}`);
    assert.equal(
      await refusalOf(await bed.send({ method: 'GET', path, query: wrong }, { host: 'localhost' })),
      '403 SignatureDoesNotMatch',
    );
    assert.equal(
      await refusalOf(await bed.send({ method: 'DELETE', path, query }, { host: 'localhost' })),
      '403 SignatureDoesNotMatch',
    );
    await bed.clock.advance(60_000);
    assert.equal(
      await refusalOf(await bed.send({ method: 'GET', path, query }, { host: 'localhost' })),
      '403 AccessDenied',
    );
  });
});

describe('a body in signed chunks', () => {
  interface Sent {
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  }

  /** AWS's own scheme, computed here by hand. */
  const chunked = async (
    chunks: readonly string[],
    trailer?: readonly [name: string, value: string],
  ): Promise<Sent> => {
    const content = chunks.join('');
    const extra = {
      'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? '-TRAILER' : ''}`,
      'x-amz-decoded-content-length': String(content.length),
      'content-encoding': 'aws-chunked',
      ...(trailer && { 'x-amz-trailer': trailer[0] }),
    };
    const headers = await bed.sign({ method: 'PUT', path: '/b12/chunked', headers: extra });
    let previous = /Signature=([0-9a-f]{64})/.exec(headers['authorization'] ?? '')?.[1] ?? '';
    const date = headers['x-amz-date'] ?? '';
    const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
    const key = [date.slice(0, 8), region, 's3', 'aws4_request'].reduce<Buffer | string>(
      (held, part) => createHmac('sha256', held).update(part).digest(),
      `AWS4${credentials.secretAccessKey}`,
    );
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const signed = (kind: string, rest: string): string => {
      previous = createHmac('sha256', key)
        .update(`AWS4-HMAC-SHA256-${kind}\n${date}\n${scope}\n${previous}\n${rest}`)
        .digest('hex');
      return previous;
    };
    let body = '';
    for (const chunk of [...chunks, '']) {
      const signature = signed('PAYLOAD', `${sha256('')}\n${sha256(chunk)}`);
      body += `${chunk.length.toString(16)};chunk-signature=${signature}\r\n${chunk === '' ? '' : `${chunk}\r\n`}`;
    }
    if (trailer) {
      const signature = signed('TRAILER', sha256(`${trailer[0]}:${trailer[1]}\n`));
      body += `${trailer[0]}:${trailer[1]}\r\nx-amz-trailer-signature:${signature}\r\n`;
    }
    return { body: `${body}\r\n`, headers };
  };
  const send = ({ body, headers }: Sent) => bed.send({ method: 'PUT', path: '/b12/chunked', sentBody: body }, headers);
  const crc = ['x-amz-checksum-crc32', '47hK5A=='] as const; // of "firstsecond"

  test('is stored without its chunks, and without saying that it came in them', async () => {
    assert.equal((await send(await chunked(['first', 'second']))).status, 200);
    const answer = await bed.call({ method: 'GET', path: '/b12/chunked' });
    assert.equal(await textOf(answer), 'firstsecond');
    assert.equal(answer.headers['content-encoding'], undefined);
  });

  test('with a signed trailer has its checksum checked and kept', async () => {
    const value = await crc32Of('firstsecond');
    const sent = await send(await chunked(['first', 'second'], [crc[0], value]));
    assert.equal(sent.status, 200);
    assert.equal(sent.headers['x-amz-checksum-crc32'], value);
    const wrong = await send(await chunked(['first', 'secone'], [crc[0], value]));
    assert.equal(await refusalOf(wrong), '400 BadDigest');
  });

  test('changed, shortened or put in another order is refused, and leaves what was there', async () => {
    assert.equal((await send(await chunked(['kept']))).status, 200);
    const sent = await chunked(['first', 'other']);
    const [head = '', ...lines] = sent.body.split('\r\n');
    const swapped = [lines[1], lines[2], head, lines[0], ...lines.slice(3)].join('\r\n');
    for (const body of [
      sent.body.replace('first', 'First'),
      sent.body.replace('5;', '4;'),
      sent.body.slice(0, sent.body.indexOf('0;chunk')),
      swapped,
      sent.body.replace(/chunk-signature=[0-9a-f]{64}\r\n\r\n$/, 'chunk-signature=\r\n\r\n'),
    ]) {
      assert.ok((await send({ ...sent, body })).status >= 400, body);
    }
    assert.equal(await textOf(await bed.call({ method: 'GET', path: '/b12/chunked' })), 'kept');
  });

  test('whose trailer is not signed, not the announced one or too much is refused', async () => {
    const value = await crc32Of('firstsecond');
    const sent = await chunked(['first', 'second'], [crc[0], value]);
    for (const body of [
      sent.body.replace(/x-amz-trailer-signature:.*\r\n/, ''),
      sent.body.replace(crc[0], 'x-amz-checksum-sha1'),
      sent.body.replace(/x-amz-checksum-crc32:.*\r\n/, ''),
    ]) {
      assert.ok((await send({ ...sent, body })).status >= 400, body);
    }
    const plain = await chunked(['first']);
    assert.ok((await send({ ...plain, body: `${plain.body.slice(0, -2)}x-amz-meta-a:b\r\n\r\n` })).status >= 400);
  });

  test('is as long as its decoded length says', async () => {
    const sent = await chunked(['first', 'second']);
    const { 'x-amz-decoded-content-length': length, ...without } = sent.headers;
    assert.equal(length, '11');
    assert.ok((await send({ ...sent, headers: without })).status >= 400);
  });

  test('may be unsigned with a trailer, whose checksum is then all there is', async () => {
    const headers = {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '5',
      'x-amz-trailer': 'x-amz-checksum-sha256',
    };
    const value = createHash('sha256').update('hello').digest('base64');
    const request = { method: 'PUT', path: '/b12/chunked', headers };
    const signed = await bed.sign(request);
    const good = `5\r\nhello\r\n0\r\nx-amz-checksum-sha256:${value}\r\n\r\n`;
    assert.equal((await bed.send({ ...request, sentBody: good }, signed)).status, 200);
    const bad = good.replace('hello', 'hallo');
    assert.equal(await refusalOf(await bed.send({ ...request, sentBody: bad }, signed)), '400 BadDigest');
  });
});

async function crc32Of(text: string): Promise<string> {
  const { crc32 } = await import('node:zlib');
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString('base64');
}
