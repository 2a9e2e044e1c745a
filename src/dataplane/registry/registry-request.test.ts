import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readByteRange, readChunkRange } from './byte-range.ts';
import { readCredentials } from './credentials.ts';
import { readRoute } from './registry-request.ts';

const routes: readonly (readonly [path: string, route: object])[] = [
  ['/v2', { kind: 'ping' }],
  ['/v2/', { kind: 'ping' }],
  ['/v2/_catalog', { kind: 'catalog' }],
  ['/v2/_download/abc', { kind: 'download', link: 'abc' }],
  ['/v2/app/tags/list', { kind: 'tags', name: 'app' }],
  ['/v2/a/b/c/tags/list', { kind: 'tags', name: 'a/b/c' }],
  ['/v2/app/manifests/v1', { kind: 'manifest', name: 'app', reference: 'v1' }],
  ['/v2/app/manifests/sha256%3Aab', { kind: 'manifest', name: 'app', reference: 'sha256:ab' }],
  ['/v2/a/b/blobs/sha256:ab', { kind: 'blob', name: 'a/b', digest: 'sha256:ab' }],
  ['/v2/a/b/blobs/uploads/', { kind: 'uploads', name: 'a/b' }],
  ['/v2/a/b/blobs/uploads', { kind: 'uploads', name: 'a/b' }],
  ['/v2/a/b/blobs/uploads/id', { kind: 'upload', name: 'a/b', uploadId: 'id' }],
  ['/v2/app/referrers/sha256:ab', { kind: 'referrers', name: 'app', digest: 'sha256:ab' }],
  // names may hold the words of the protocol
  ['/v2/manifests/manifests/manifests', { kind: 'manifest', name: 'manifests', reference: 'manifests' }],
  ['/v2/app/else', { kind: 'unknown' }],
  ['/v2/manifests/v1', { kind: 'unknown' }],
  ['/v2/%ff/tags/list', { kind: 'unknown' }],
];

for (const [path, route] of routes) {
  test(`${path} is ${JSON.stringify(route)}`, () => assert.deepEqual(readRoute(path), route));
}

test('a byte range is cut to the size, and one that begins beyond it cannot be satisfied', () => {
  assert.deepEqual(readByteRange('bytes=0-9', 5), { first: 0, last: 4 });
  assert.deepEqual(readByteRange('bytes=-2', 5), { first: 3, last: 4 });
  assert.deepEqual(readByteRange('bytes=-9', 5), { first: 0, last: 4 });
  assert.equal(readByteRange('bytes=5-', 5), 'unsatisfiable');
  assert.equal(readByteRange('bytes=-0', 5), 'unsatisfiable');
  assert.equal(readByteRange('bytes=0-', 0), 'unsatisfiable');
});

test('what is no single range of bytes is left alone', () => {
  for (const header of [undefined, 'bytes=-', 'bytes=3-1', 'bytes=0-1,3-4', 'items=0-1', 'bytes=a-b']) {
    assert.equal(readByteRange(header, 5), undefined, header ?? 'none');
  }
});

test('the range of a chunk is written as the specification has it, or as HTTP has it', () => {
  assert.deepEqual(readChunkRange('0-4'), { first: 0, last: 4 });
  assert.deepEqual(readChunkRange('bytes 5-9/*'), { first: 5, last: 9 });
  assert.equal(readChunkRange('4-0'), 'invalid');
  assert.equal(readChunkRange('all'), 'invalid');
  assert.equal(readChunkRange(undefined), undefined);
});

test('credentials are Basic, or Bearer with the whole token or its password', () => {
  const pair = Buffer.from('AWS:secret:with:colons').toString('base64');
  assert.deepEqual(readCredentials(`Basic ${pair}`), { username: 'AWS', password: 'secret:with:colons' });
  assert.deepEqual(readCredentials(`bearer ${pair}`), { username: 'AWS', password: 'secret:with:colons' });
  assert.deepEqual(readCredentials('Bearer e30.ab'), { username: 'AWS', password: 'e30.ab' });
  for (const header of [undefined, '', 'Basic', 'Basic !!', 'AWS4-HMAC-SHA256 Credential=x']) {
    assert.equal(readCredentials(header), undefined, header ?? 'none');
  }
});
