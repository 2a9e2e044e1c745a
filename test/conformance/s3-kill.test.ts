// kill -9 in the middle of an upload: what was acknowledged is there, whole, and nothing else is.
import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createSigner } from '../../src/aws/signer.ts';
import { realClock } from '../../src/world/real/real-clock.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import { eventually } from '../running/eventually.ts';
import { startServer, temporaryDirectory, testKeys } from '../running/server.ts';

const mebibyte = 1024 * 1024;

test('an upload that the server dies in leaves no object and no file', async () => {
  const directory = await temporaryDirectory();
  const dataDirectory = join(directory.path, 'server');
  const objects = join(dataDirectory, 'objects');
  const clientOf = (endpoint: string): S3Client =>
    new S3Client({ endpoint, region: 'us-east-1', credentials: testKeys, forcePathStyle: true, maxAttempts: 1 });
  let server = await startServer({ dataDirectory, agent: false });
  try {
    const s3 = clientOf(server.endpoint);
    await s3.send(new CreateBucketCommand({ Bucket: 'killed' }));
    await s3.send(new PutObjectCommand({ Bucket: 'killed', Key: 'kept', Body: 'acknowledged' }));
    const url = `${server.endpoint}/killed/half`;
    const body = Buffer.alloc(8 * mebibyte, 'x');
    const hash = realHash();
    const sign = createSigner({ clock: realClock(), hash, region: 'us-east-1', credentials: testKeys });
    const headers = sign({
      method: 'PUT',
      url,
      headers: { host: new URL(url).host, 'x-amz-content-sha256': hash.sha256Hex(body) },
      body,
      service: 's3',
    });
    const upload = request(url, { method: 'PUT', headers: { ...headers, 'content-length': String(body.length) } });
    upload.on('error', () => undefined); // the server is killed
    upload.write(body.subarray(0, 4 * mebibyte));
    await eventually('half of the object on disk', async () => {
      const [name] = await readdir(join(objects, 'incoming')).catch(() => []);
      return name !== undefined && (await stat(join(objects, 'incoming', name))).size > mebibyte ? true : undefined;
    });
    await server.kill();
    upload.destroy();
    s3.destroy();

    server = await startServer({ dataDirectory, agent: false });
    const again = clientOf(server.endpoint);
    const { Contents } = await again.send(new ListObjectsV2Command({ Bucket: 'killed' }));
    assert.deepEqual(
      Contents?.map(({ Key }) => Key),
      ['kept'],
    );
    const kept = await again.send(new GetObjectCommand({ Bucket: 'killed', Key: 'kept' }));
    assert.equal(await kept.Body?.transformToString(), 'acknowledged');
    const files = (await readdir(objects, { recursive: true })).filter((name) => /[0-9a-f]{32}$/.test(name));
    assert.equal(files.length, 1);
    again.destroy();
  } finally {
    await server.stop();
    await directory.remove();
  }
});
