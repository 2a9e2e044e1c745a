// Who may what in S3: policies of users and of buckets, as the SDK meets them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';

describe('a user of IAM in S3', () => {
  let server: ControlPlane;
  let root: S3Client;
  let user: S3Client;
  const userArn = 'arn:aws:iam::000000000000:user/reader';
  const Bucket = 'policies';

  before(async () => {
    server = await startControlPlane();
    const config = { ...server.sdk, forcePathStyle: true, maxAttempts: 1 };
    root = new S3Client(config);
    const iam = new IAMClient(config);
    await iam.send(new CreateUserCommand({ UserName: 'reader' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'reader' }));
    user = new S3Client({
      ...config,
      credentials: { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' },
    });
    const listing = {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${Bucket}`,
      Condition: { StringLike: { 's3:prefix': 'open/*' } },
    };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [listing] });
    await iam.send(new PutUserPolicyCommand({ UserName: 'reader', PolicyName: 'list', PolicyDocument }));
    await root.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ['open/a', 'closed/b']) await root.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  });

  after(async () => {
    root?.destroy();
    user?.destroy();
    await server?.end();
  });

  const get = async (Key: string): Promise<string | undefined> =>
    (await user.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  const denied = (action: string, resource: string) => ({
    name: 'AccessDenied',
    message: new RegExp(`^User: ${userArn} is not authorized to perform: s3:${action} on resource: "${resource}"`),
  });
  const withPolicy = (...Statement: readonly object[]) =>
    root.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));

  test('may what its own policy says: a prefix and no other', async () => {
    const listed = await user.send(new ListObjectsV2Command({ Bucket, Prefix: 'open/' }));
    assert.deepEqual(
      listed.Contents?.map(({ Key }) => Key),
      ['open/a'],
    );
    await assert.rejects(
      user.send(new ListObjectsV2Command({ Bucket })),
      denied('ListBucket', `arn:aws:s3:::${Bucket}`),
    );
    await assert.rejects(get('open/a'), denied('GetObject', `arn:aws:s3:::${Bucket}/open/a`));
  });

  test('may what the bucket’s policy grants it, and not what that denies', async () => {
    const Principal = { AWS: userArn };
    await withPolicy(
      {
        Effect: 'Allow',
        Principal,
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        Resource: `arn:aws:s3:::${Bucket}/*`,
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: `arn:aws:s3:::${Bucket}/closed/*`,
        Condition: { ArnEquals: { 'aws:PrincipalArn': userArn } },
      },
    );
    assert.equal(await get('open/a'), 'open/a');
    await assert.rejects(get('closed/b'), denied('GetObject', `arn:aws:s3:::${Bucket}/closed/b`));
    await user.send(new PutObjectCommand({ Bucket, Key: 'open/own', Body: 'x' }));
    await assert.rejects(
      user.send(new PutObjectCommand({ Bucket, Key: 'open/own', Body: 'x', Tagging: 'a=b' })),
      denied('PutObjectTagging', `arn:aws:s3:::${Bucket}/open/own`),
    );
    await user.send(new DeleteObjectCommand({ Bucket, Key: 'open/own' }));
    await root.send(new DeleteBucketPolicyCommand({ Bucket }));
    await assert.rejects(get('open/a'), denied('GetObject', `arn:aws:s3:::${Bucket}/open/a`));
  });

  test('is not told whether there is an object without the right to list its bucket', async () => {
    const grant = (...Action: readonly string[]) =>
      withPolicy({
        Effect: 'Allow',
        Principal: { AWS: userArn },
        Action,
        Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
      });
    await grant('s3:GetObject', 's3:PutObject');
    const copy = new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/open/none` });
    await assert.rejects(get('open/none'), denied('ListBucket', `arn:aws:s3:::${Bucket}`));
    await assert.rejects(user.send(copy), denied('ListBucket', `arn:aws:s3:::${Bucket}`));
    await grant('s3:GetObject', 's3:PutObject', 's3:ListBucket');
    await assert.rejects(get('open/none'), { name: 'NoSuchKey' });
    await assert.rejects(user.send(copy), { name: 'NoSuchKey' });
    await root.send(new DeleteBucketPolicyCommand({ Bucket }));
  });

  test('may be asked for tags, a storage class and the bucket’s account when it puts', async () => {
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    const Principal = { AWS: userArn };
    const refuse = (Condition: object) =>
      withPolicy(
        { Effect: 'Allow', Principal, Action: 's3:*', Resource },
        { Effect: 'Deny', Principal, Action: 's3:PutObject', Resource, Condition },
      );
    const put = (more: object = {}) =>
      user.send(new PutObjectCommand({ Bucket, Key: 'open/asked', Body: 'x', ...more }));
    const refused = denied('PutObject', `arn:aws:s3:::${Bucket}/open/asked`);
    await refuse({ StringNotEquals: { 's3:RequestObjectTag/team': 'blue' } });
    await assert.rejects(put(), refused);
    await put({ Tagging: 'team=blue' });
    await refuse({ StringEquals: { 's3:x-amz-storage-class': 'ONEZONE_IA', 's3:ResourceAccount': '000000000000' } });
    await assert.rejects(put({ StorageClass: 'ONEZONE_IA' }), refused);
    await put();
    await root.send(new DeleteBucketPolicyCommand({ Bucket }));
  });
});
