/** The mistakes a client of STS can make, in AWS's words. */
import { AwsError } from '../../aws/error.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** `constraint` such as `Member must have length less than or equal to 64`. */
export function constraintBroken(value: string, member: string, constraint: string): AwsError {
  return validationError(
    `1 validation error detected: Value '${value.slice(0, 300)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

export function accessDenied(message: string): AwsError {
  return new AwsError('AccessDenied', message, { status: 403 });
}

export function malformedPolicy(message: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', message);
}

export function packedPolicyTooLarge(percent: number): AwsError {
  return new AwsError(
    'PackedPolicyTooLargeException',
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );
}

export function invalidIdentityToken(message: string): AwsError {
  return new AwsError('InvalidIdentityTokenException', message);
}

export function expiredIdentityToken(message: string): AwsError {
  return new AwsError('ExpiredTokenException', message);
}

export function rejectedClaim(message: string): AwsError {
  return new AwsError('IDPRejectedClaimException', message);
}

export function providerUnreachable(message: string): AwsError {
  return new AwsError('IDPCommunicationErrorException', message);
}
