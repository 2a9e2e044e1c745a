import assert from 'node:assert/strict';
import { test } from 'node:test';
import { model as efs } from '../models/efs.gen.ts';
import { model as s3 } from '../models/s3.gen.ts';
import { createRestRouter } from './rest-router.ts';

type Case = readonly [request: string, operation: string | undefined, headers?: readonly string[]];

const ofS3: readonly Case[] = [
  ['GET /', 'ListBuckets'],
  ['GET /b/', 'ListObjects'],
  ['GET /b/?list-type=2&prefix=x', 'ListObjectsV2'],
  ['GET /b/?location', 'GetBucketLocation'],
  ['GET /b/?location=', 'GetBucketLocation'],
  ['GET /b/?uploads&prefix=x', 'ListMultipartUploads'],
  ['HEAD /b/', 'HeadBucket'],
  ['POST /b/?delete', 'DeleteObjects'],
  ['GET /b/k', 'GetObject'],
  ['GET /b/k?x-id=GetObject', 'GetObject'],
  ['GET /b/k/with//slashes/', 'GetObject'],
  ['GET /b/k?uploadId=u', 'ListParts'],
  ['GET /b/k?tagging', 'GetObjectTagging'],
  ['PUT /b/k', 'PutObject'],
  ['PUT /b/k', 'CopyObject', ['x-amz-copy-source']],
  ['PUT /b/k?partNumber=1&uploadId=u', 'UploadPart'],
  ['PUT /b/k?partNumber=1&uploadId=u', 'UploadPartCopy', ['x-amz-copy-source']],
  ['POST /b/k?uploads', 'CreateMultipartUpload'],
  ['POST /b/k?uploadId=u', 'CompleteMultipartUpload'],
  ['DELETE /b/k?uploadId=u', 'AbortMultipartUpload'],
  ['DELETE /b/k', 'DeleteObject'],
  ['PATCH /b/k', undefined],
  ['GET /b/%FF', undefined],
];

const ofEfs: readonly Case[] = [
  ['POST /2015-02-01/file-systems', 'CreateFileSystem'],
  ['GET /2015-02-01/file-systems', 'DescribeFileSystems'],
  ['DELETE /2015-02-01/file-systems/fs-1', 'DeleteFileSystem'],
  ['GET /2015-02-01/file-systems/fs-1/policy', 'DescribeFileSystemPolicy'],
  ['GET /2015-02-01/other', undefined],
];

for (const [model, cases] of [
  [s3, ofS3],
  [efs, ofEfs],
] as const) {
  const router = createRestRouter(model);
  for (const [request, operation, headers = []] of cases) {
    test(`${request}${headers.length > 0 ? ` with ${headers.join()}` : ''} is ${operation ?? 'nothing'}`, () => {
      const [method = '', target = ''] = request.split(' ');
      const [path = '', query = ''] = target.split('?');
      const found = router.find({ method, path, query, headers: new Map(headers.map((name) => [name, 'x'])) });
      assert.equal(found?.operation, operation);
    });
  }
}

test('labels are decoded, a key with all its slashes', () => {
  const found = createRestRouter(s3).find({ method: 'GET', path: '/b/a%20b//%C3%BC/', query: '', headers: new Map() });
  assert.deepEqual(
    [...(found?.labels ?? [])],
    [
      ['Bucket', 'b'],
      ['Key', 'a b//ü/'],
    ],
  );
});
