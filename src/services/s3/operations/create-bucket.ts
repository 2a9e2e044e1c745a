import type { CreateBucketOutput, CreateBucketRequest } from '@aws-sdk/client-s3';
import type { Operation } from '../../../aws/operation.ts';
import {
  aclNotSupported,
  bucketAlreadyExists,
  bucketAlreadyOwnedByYou,
  invalidBucketName,
  invalidLocation,
  notBuilt,
} from '../errors.ts';
import { isBucketName } from '../rules/bucket-name.ts';
import { limits } from '../rules/limits.ts';
import { buckets, type ObjectOwnership } from '../tables.ts';
import { readTags } from '../tags.ts';

/** As AWS does in us-east-1, creating one's own bucket again there changes nothing and is no error. */
export const createBucket: Operation<CreateBucketRequest, CreateBucketOutput> = async (input, { call, store }) => {
  const name = input.Bucket;
  if (!isBucketName(name)) throw invalidBucketName(name);
  if (input.ACL !== undefined && input.ACL !== 'private') throw aclNotSupported();
  if (input.ObjectLockEnabledForBucket) throw notBuilt('object lock');
  const constraint = input.CreateBucketConfiguration?.LocationConstraint;
  if (constraint !== undefined && constraint !== call.region) throw invalidLocation(constraint);
  const tags = readTags(input.CreateBucketConfiguration?.Tags ?? [], limits.bucketTags);
  await store.update((tx, env) => {
    const present = tx.get(buckets, name);
    if (present && present.accountId !== call.accountId) throw bucketAlreadyExists(name);
    if (present && call.region !== 'us-east-1') throw bucketAlreadyOwnedByYou(name);
    if (present) return;
    tx.put(buckets, {
      name,
      accountId: call.accountId,
      region: call.region,
      createdAt: env.now,
      tags,
      // What AWS gives a new bucket.
      publicAccessBlock: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
      objectOwnership: input.ObjectOwnership === undefined ? 'BucketOwnerEnforced' : ownership(input.ObjectOwnership),
      encryption: { algorithm: 'AES256', bucketKeyEnabled: false },
    });
  });
  return { Location: `/${name}`, BucketArn: `arn:aws:s3:::${name}` };
};

function ownership(text: string): ObjectOwnership {
  if (text === 'BucketOwnerEnforced' || text === 'BucketOwnerPreferred' || text === 'ObjectWriter') return text;
  throw notBuilt(`the object ownership ${text}`);
}
