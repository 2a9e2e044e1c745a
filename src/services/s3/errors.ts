/** The mistakes a client of S3 can make, as AWS words them. */
import { AwsError } from '../../aws/error.ts';

function s3Error(
  status: number,
  code: string,
  message: string,
  members: Readonly<Record<string, unknown>> = {},
): AwsError {
  return new AwsError(code, message, { status, members });
}

export function noSuchBucket(name: string): AwsError {
  return s3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
}

export function noSuchKey(key: string): AwsError {
  return s3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
}

export function noSuchUpload(uploadId: string): AwsError {
  return s3Error(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: uploadId },
  );
}

export function bucketAlreadyExists(name: string): AwsError {
  return s3Error(
    409,
    'BucketAlreadyExists',
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
    { BucketName: name },
  );
}

export function bucketAlreadyOwnedByYou(name: string): AwsError {
  return s3Error(
    409,
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    { BucketName: name },
  );
}

export function bucketNotEmpty(name: string): AwsError {
  return s3Error(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', { BucketName: name });
}

export function invalidBucketName(name: string): AwsError {
  return s3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name });
}

export function invalidLocation(constraint: string): AwsError {
  return s3Error(
    400,
    'IllegalLocationConstraintException',
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

export function invalidArgument(message: string, name?: string, value?: string): AwsError {
  return s3Error(400, 'InvalidArgument', message, {
    ...(name !== undefined && { ArgumentName: name }),
    ...(value !== undefined && { ArgumentValue: value.slice(0, 200) }),
  });
}

export function invalidRequest(message: string): AwsError {
  return s3Error(400, 'InvalidRequest', message);
}

export function accessDenied(): AwsError {
  return s3Error(403, 'AccessDenied', 'Access Denied');
}

export function notBuilt(what: string): AwsError {
  return s3Error(400, 'NotImplemented', `Longshore does not implement ${what} yet.`);
}

export function preconditionFailed(condition: string): AwsError {
  return s3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  });
}

export function notModified(): AwsError {
  return s3Error(304, 'NotModified', 'Not Modified');
}

export function invalidRange(range: string, size: number): AwsError {
  return s3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
    RangeRequested: range.slice(0, 200),
    ActualObjectSize: size,
  });
}

export function badDigest(): AwsError {
  return s3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

export function keyTooLong(): AwsError {
  return s3Error(400, 'KeyTooLongError', 'Your key is too long');
}

export function entityTooLarge(maximumBytes: number): AwsError {
  return s3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    MaxSizeAllowed: maximumBytes,
  });
}

export function entityTooSmall(): AwsError {
  return s3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
}

export function metadataTooLarge(): AwsError {
  return s3Error(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
}

export function invalidPart(): AwsError {
  return s3Error(
    400,
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );
}

export function invalidPartOrder(): AwsError {
  return s3Error(
    400,
    'InvalidPartOrder',
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
  );
}

export function invalidTag(message: string): AwsError {
  return s3Error(400, 'InvalidTag', message);
}

export function notConfigured(code: string, message: string, bucket: string): AwsError {
  return s3Error(404, code, message, { BucketName: bucket });
}

export function malformedPolicy(message: string): AwsError {
  return s3Error(400, 'MalformedPolicy', message);
}

export function aclNotSupported(): AwsError {
  return s3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

export function missingAcl(): AwsError {
  return s3Error(400, 'MissingSecurityHeader', 'Your request was missing a required header');
}

export function malformedXml(): AwsError {
  return s3Error(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
