// S3 as the tools see it that people use: every AWS CLI of this machine, the SDK, botocore.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  paginateListObjectsV2,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';
import { eventually } from '../running/eventually.ts';
import { pythonWithBoto3 } from '../running/python.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;

describe('S3', async () => {
  const programs = await programsOnPath();
  let server: ControlPlane;
  let s3: S3Client;

  before(async () => {
    server = await startControlPlane();
    s3 = new S3Client({ ...server.sdk, forcePathStyle: true, maxAttempts: 1 });
    await s3.send(new CreateBucketCommand({ Bucket: 'sdk-bucket' }));
  });

  after(async () => {
    s3?.destroy();
    await server?.end();
  });

  test('there is a CLI to try', () => assert.notEqual(programs.length, 0));

  for (const [index, program] of programs.entries()) {
    const { stdout: version } = await run(program, ['--version']);
    test(`${version.split(' ', 1)[0]} makes, copies, syncs, lists, presigns, removes`, async () => {
      const cli = async (...args: readonly string[]): Promise<string> => {
        const all = ['--endpoint-url', server.endpoint, ...args];
        const { stdout } = await run(program, all, { env: { ...process.env, ...server.environment } });
        return stdout;
      };
      const bucket = `cli-bucket-${index}`;
      const work = join(server.directory, `cli-${index}`);
      await mkdir(join(work, 'tree', 'deep er'), { recursive: true });
      await writeFile(join(work, 'tree', 'a.txt'), 'one');
      await writeFile(join(work, 'tree', 'deep er', 'b+c%.txt'), 'two');
      const large = randomBytes(20 * mebibyte);
      await writeFile(join(work, 'large.bin'), large);

      await cli('s3', 'mb', `s3://${bucket}`);
      assert.match(await cli('s3', 'ls'), new RegExp(bucket));
      await cli('s3', 'cp', join(work, 'large.bin'), `s3://${bucket}/large.bin`, '--no-progress');
      await cli('s3', 'cp', `s3://${bucket}/large.bin`, join(work, 'back.bin'), '--no-progress');
      assert.ok(large.equals(await readFile(join(work, 'back.bin'))), 'what was uploaded in parts comes back');
      await cli('s3', 'cp', `s3://${bucket}/large.bin`, `s3://${bucket}/copy.bin`, '--no-progress');

      await cli('s3', 'sync', join(work, 'tree'), `s3://${bucket}/tree`);
      assert.equal(
        await cli('s3', 'sync', join(work, 'tree'), `s3://${bucket}/tree`),
        '',
        'a second time finds nothing to do',
      );
      await cli('s3', 'sync', `s3://${bucket}/tree`, join(work, 'synced'));
      assert.equal(await readFile(join(work, 'synced', 'deep er', 'b+c%.txt'), 'utf8'), 'two');
      assert.match(await cli('s3', 'ls', `s3://${bucket}/`), /PRE tree\/[\s\S]* copy\.bin\n[\s\S]* large\.bin\n/);

      const url = (await cli('s3', 'presign', `s3://${bucket}/tree/a.txt`)).trim();
      assert.equal(await (await fetch(url)).text(), 'one');
      assert.equal((await fetch(url.replace('a.txt', 'b.txt'))).status, 403);

      await assert.rejects(cli('s3', 'rb', `s3://${bucket}`), /BucketNotEmpty/);
      await cli('s3', 'rm', `s3://${bucket}/tree`, '--recursive');
      await cli('s3', 'rb', `s3://${bucket}`, '--force');
      assert.doesNotMatch(await cli('s3', 'ls'), new RegExp(bucket));
    });
  }

  test('the SDK puts, heads, gets and lists with what it said of an object', async () => {
    const Bucket = 'sdk-bucket';
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'dir/ü & <x>.txt',
        Body: 'hello',
        ContentType: 'text/plain',
        CacheControl: 'no-store',
        Metadata: { color: 'green' },
        Tagging: 'team=a%20b&x=1',
        StorageClass: 'STANDARD_IA',
      }),
    );
    assert.equal(put.ETag, '"5d41402abc4b2a76b9719d911017c592"');
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'dir/ü & <x>.txt' }));
    assert.equal(head.ContentLength, 5);
    assert.equal(head.StorageClass, 'STANDARD_IA');
    const get = await s3.send(new GetObjectCommand({ Bucket, Key: 'dir/ü & <x>.txt' }));
    assert.equal(await get.Body?.transformToString(), 'hello');
    assert.deepEqual(
      [get.ContentType, get.CacheControl, get.Metadata, get.TagCount],
      ['text/plain', 'no-store', { color: 'green' }, 2],
    );
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'dir/ü & <x>.txt' }));
    assert.deepEqual(TagSet, [
      { Key: 'team', Value: 'a b' },
      { Key: 'x', Value: '1' },
    ]);
    const listed = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    assert.deepEqual(listed.CommonPrefixes, [{ Prefix: 'dir/' }]);
    assert.deepEqual(
      (await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'dir/' }))).Contents?.map(({ Key }) => Key),
      ['dir/ü & <x>.txt'],
    );
    assert.equal((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, undefined);
  });

  test('ranges and conditions are as HTTP has them', async () => {
    const target = { Bucket: 'sdk-bucket', Key: 'range' };
    const { ETag } = await s3.send(new PutObjectCommand({ ...target, Body: '0123456789' }));
    const read = async (Range: string): Promise<readonly [string | undefined, string | undefined]> => {
      const got = await s3.send(new GetObjectCommand({ ...target, Range }));
      return [await got.Body?.transformToString(), got.ContentRange];
    };
    assert.deepEqual(await read('bytes=2-4'), ['234', 'bytes 2-4/10']);
    assert.deepEqual(await read('bytes=7-'), ['789', 'bytes 7-9/10']);
    assert.deepEqual(await read('bytes=-3'), ['789', 'bytes 7-9/10']);
    assert.deepEqual(await read('bytes=5-99'), ['56789', 'bytes 5-9/10']);
    await assert.rejects(read('bytes=10-'), hasStatus(416, 'InvalidRange'));
    await assert.rejects(s3.send(new GetObjectCommand({ ...target, IfNoneMatch: ETag })), hasStatus(304));
    await assert.rejects(
      s3.send(new GetObjectCommand({ ...target, IfMatch: '"x"' })),
      hasStatus(412, 'PreconditionFailed'),
    );
    await assert.rejects(s3.send(new PutObjectCommand({ ...target, Body: 'x', IfNoneMatch: '*' })), hasStatus(412));
    await s3.send(new PutObjectCommand({ ...target, Body: 'y', ...(ETag !== undefined && { IfMatch: ETag }) }));
  });

  test('errors are those of the SDK', async () => {
    await assert.rejects(s3.send(new GetObjectCommand({ Bucket: 'sdk-bucket', Key: 'none' })), NoSuchKey);
    await assert.rejects(s3.send(new HeadObjectCommand({ Bucket: 'sdk-bucket', Key: 'none' })), NotFound);
    await assert.rejects(s3.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket' })), NoSuchBucket);
    const versioned = { Bucket: 'sdk-bucket', VersioningConfiguration: { Status: 'Enabled' } } as const;
    await assert.rejects(s3.send(new PutBucketVersioningCommand(versioned)), /Longshore does not implement versioning/);
    const anybody = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::sdk-bucket/*' };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [anybody] });
    await assert.rejects(
      s3.send(new PutBucketPolicyCommand({ Bucket: 'sdk-bucket', Policy })),
      hasStatus(403, 'AccessDenied'),
    );
  });

  test('the list that says what its owner may is taken back, as s3cmd does after a copy, and no other', async () => {
    const object = { Bucket: 'sdk-bucket', Key: 'listed' };
    await s3.send(new PutObjectCommand({ ...object, Body: 'x' }));
    const { Owner, Grants } = await s3.send(new GetObjectAclCommand(object));
    await s3.send(new PutObjectAclCommand({ ...object, AccessControlPolicy: { Owner, Grants } }));
    await s3.send(new PutBucketAclCommand({ Bucket: 'sdk-bucket', AccessControlPolicy: { Owner, Grants } }));
    await s3.send(new PutObjectAclCommand({ ...object, ACL: 'bucket-owner-full-control' }));
    const everybody = { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' } as const;
    const open = [...(Grants ?? []), { Grantee: everybody, Permission: 'READ' } as const];
    for (const refused of [{ ACL: 'public-read' } as const, { AccessControlPolicy: { Owner, Grants: open } }]) {
      await assert.rejects(s3.send(new PutObjectAclCommand({ ...object, ...refused })), {
        name: 'AccessControlListNotSupported',
      });
    }
    await assert.rejects(s3.send(new PutObjectAclCommand(object)), { name: 'MissingSecurityHeader' });
    await assert.rejects(s3.send(new PutObjectAclCommand({ ...object, Key: 'gone', ACL: 'private' })), NoSuchKey);
  });

  test('a wrong checksum or MD5 is refused', async () => {
    const target = { Bucket: 'sdk-bucket', Key: 'checked', Body: 'abc' };
    await assert.rejects(
      s3.send(new PutObjectCommand({ ...target, ChecksumSHA256: 'AAAA' })),
      hasStatus(400, 'BadDigest'),
    );
    await assert.rejects(
      s3.send(new PutObjectCommand({ ...target, ContentMD5: createHash('md5').update('abd').digest('base64') })),
      hasStatus(400, 'BadDigest'),
    );
    const sent = await s3.send(new PutObjectCommand({ ...target, ChecksumAlgorithm: 'SHA1' }));
    assert.equal(sent.ChecksumSHA1, createHash('sha1').update('abc').digest('base64'));
  });

  test('100 MB in parts, one of them copied, stay out of memory and keep their checksum', async () => {
    const target = { Bucket: 'sdk-bucket', Key: 'large' };
    const bytes = randomBytes(100 * mebibyte);
    const before = await residentMiB(server.pid);
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ ...target, ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }),
    );
    const Parts: { PartNumber: number; ETag?: string; ChecksumCRC32?: string }[] = [];
    for (const [PartNumber, [from, to]] of [
      [1, [0, 40 * mebibyte]],
      [2, [40 * mebibyte, 47 * mebibyte]],
      [3, [47 * mebibyte, 100 * mebibyte]],
    ] as const) {
      const part = await s3.send(
        new UploadPartCommand({ ...target, UploadId, PartNumber, Body: bytes.subarray(from, to) }),
      );
      Parts.push({
        PartNumber,
        ...(part.ETag && { ETag: part.ETag }),
        ...(part.ChecksumCRC32 && { ChecksumCRC32: part.ChecksumCRC32 }),
      });
    }
    assert.equal((await s3.send(new ListPartsCommand({ ...target, UploadId }))).Parts?.length, 3);
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    assert.match(done.ETag ?? '', /^"[0-9a-f]{32}-3"$/);
    const again = await s3.send(
      new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
    );
    assert.equal(again.ETag, done.ETag, 'whoever lost the answer is answered again');

    const got = await s3.send(new GetObjectCommand({ ...target, ChecksumMode: 'ENABLED' }));
    const digest = createHash('sha256');
    assert.ok(got.Body instanceof Readable);
    for await (const chunk of got.Body) digest.update(chunk);
    assert.equal(digest.digest('hex'), createHash('sha256').update(bytes).digest('hex'));
    const second = await s3.send(new GetObjectCommand({ ...target, PartNumber: 2 }));
    assert.equal(second.ContentRange, `bytes ${40 * mebibyte}-${47 * mebibyte - 1}/${100 * mebibyte}`);
    second.Body?.transformToByteArray().catch(() => undefined);
    const attributes = await s3.send(
      new GetObjectAttributesCommand({
        ...target,
        ObjectAttributes: ['ETag', 'Checksum', 'ObjectParts', 'ObjectSize'],
      }),
    );
    assert.equal(attributes.ObjectSize, 100 * mebibyte);
    assert.equal(attributes.ObjectParts?.TotalPartsCount, 3);
    const grown = (await residentMiB(server.pid)) - before;
    assert.ok(grown < 60, `the server grew by ${grown} MiB`);

    const copied = { Bucket: 'sdk-bucket', Key: 'of-copies' };
    const upload = await s3.send(new CreateMultipartUploadCommand({ ...copied, ChecksumAlgorithm: 'CRC32' }));
    const CopySource = 'sdk-bucket/large';
    const CopySourceRange = `bytes=0-${6 * mebibyte - 1}`;
    const ids = { ...copied, UploadId: upload.UploadId };
    const one = await s3.send(new UploadPartCopyCommand({ ...ids, PartNumber: 1, CopySource, CopySourceRange }));
    const two = await s3.send(new UploadPartCommand({ ...ids, PartNumber: 2, Body: 'end' }));
    const listed = [one.CopyPartResult ?? {}, two].map(({ ETag, ChecksumCRC32 }, at) => ({
      PartNumber: at + 1,
      ...(ETag && { ETag }),
      ...(ChecksumCRC32 && { ChecksumCRC32 }),
    }));
    await s3.send(new CompleteMultipartUploadCommand({ ...ids, MultipartUpload: { Parts: listed } }));
    const ends = await s3.send(new GetObjectCommand({ ...copied, Range: 'bytes=-5' }));
    const expected = Buffer.concat([bytes.subarray(6 * mebibyte - 2, 6 * mebibyte), Buffer.from('end')]);
    assert.ok(expected.equals(Buffer.from((await ends.Body?.transformToByteArray()) ?? [])));
  });

  test('files of what is deleted go, those of a copy stay', async () => {
    const Bucket = 'files-bucket';
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'shared' }));
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }));
    const folder = join(server.dataDirectory, 'objects');
    const count = async (): Promise<number> =>
      (await readdir(folder, { recursive: true })).filter((name) => /[0-9a-f]{32}$/.test(name)).length;
    const before = await count();
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'other' }));
    assert.equal(await count(), before + 1);
    const copy = await s3.send(new GetObjectCommand({ Bucket, Key: 'b' }));
    assert.equal(await copy.Body?.transformToString(), 'shared');
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a' }, { Key: 'b' }] } }));
    await eventually('the files are gone', async () => ((await count()) === before - 1 ? true : undefined));
  });

  test('pages go through every key once', async () => {
    const Bucket = 'paged-bucket';
    await s3.send(new CreateBucketCommand({ Bucket }));
    const keys = Array.from({ length: 25 }, (_, index) => `k/${String(index % 5)}/${String(index)}`).sort();
    await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))));
    const found: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 4 }, { Bucket })) {
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
    }
    assert.deepEqual(found, keys);
    const prefixes: (string | undefined)[] = [];
    const folded = { Bucket, Prefix: 'k/', Delimiter: '/' };
    for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, folded)) {
      prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    }
    assert.deepEqual(prefixes, ['k/0/', 'k/1/', 'k/2/', 'k/3/', 'k/4/']);
  });

  test('boto3 works with its own defaults', async () => {
    const script = `
import boto3, io
s3 = boto3.client('s3', endpoint_url='${server.endpoint}')
s3.create_bucket(Bucket='boto-bucket')
s3.put_object(Bucket='boto-bucket', Key='a b/+', Body=b'one', Metadata={'k': 'v'})
assert s3.get_object(Bucket='boto-bucket', Key='a b/+')['Body'].read() == b'one'
s3.upload_fileobj(io.BytesIO(b'x' * (17 * 1024 * 1024)), 'boto-bucket', 'big')
assert s3.head_object(Bucket='boto-bucket', Key='big')['ContentLength'] == 17 * 1024 * 1024
assert s3.get_bucket_encryption(Bucket='boto-bucket')['ServerSideEncryptionConfiguration']['Rules'][0]['ApplyServerSideEncryptionByDefault']['SSEAlgorithm'] == 'AES256'
for name in ['get_bucket_cors', 'get_bucket_lifecycle_configuration', 'get_bucket_policy', 'get_bucket_website', 'get_bucket_tagging', 'get_bucket_replication']:
    try: getattr(s3, name)(Bucket='boto-bucket'); raise SystemExit(name + ' was answered')
    except s3.exceptions.ClientError as error: assert error.response['ResponseMetadata']['HTTPStatusCode'] == 404, name
assert s3.get_bucket_acl(Bucket='boto-bucket')['Grants'][0]['Grantee']['Type'] == 'CanonicalUser'
assert [v['VersionId'] for v in s3.list_object_versions(Bucket='boto-bucket')['Versions']] == ['null', 'null']
boto3.resource('s3', endpoint_url='${server.endpoint}').Bucket('boto-bucket').objects.all().delete()
s3.delete_bucket(Bucket='boto-bucket')
`;
    await run(pythonWithBoto3(), ['-c', script], { env: { ...process.env, ...server.environment } });
  });
});

function hasStatus(status: number, code?: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof S3ServiceException);
    assert.equal(error.$metadata.httpStatusCode, status);
    if (code !== undefined) assert.equal(error.name, code);
    return true;
  };
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Every aws on the path, each once. */
async function programsOnPath(): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'aws');
    const real = await realpath(path).catch(() => undefined); // there is none in this folder
    if (real !== undefined && !found.has(real)) found.set(real, path);
  }
  return [...found.values()];
}
