/** The mistakes a client of KMS can make, as AWS words them. */
import { AwsError } from '../../aws/error.ts';

export function keyNotFound(arn: string): AwsError {
  return new AwsError('NotFoundException', `Key '${arn}' does not exist`);
}

export function aliasNotFound(arn: string): AwsError {
  return new AwsError('NotFoundException', `Alias ${arn} is not found.`);
}

export function policyNotFound(): AwsError {
  return new AwsError('NotFoundException', 'No such policy exists');
}

export function aliasExists(arn: string): AwsError {
  return new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
}

export function keyDisabled(arn: string): AwsError {
  return new AwsError('DisabledException', `${arn} is disabled.`);
}

export function keyPendingDeletion(arn: string): AwsError {
  return new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`);
}

export function keyNotPendingDeletion(arn: string): AwsError {
  return new AwsError('KMSInvalidStateException', `${arn} is not pending deletion.`);
}

export function invalidCiphertext(): AwsError {
  return new AwsError('InvalidCiphertextException', '');
}

export function incorrectKey(): AwsError {
  return new AwsError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  );
}

export function invalidAliasName(message: string): AwsError {
  return new AwsError('InvalidAliasNameException', message);
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function malformedPolicy(problem: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', problem);
}

export function unsupported(message: string): AwsError {
  return new AwsError('UnsupportedOperationException', message);
}

export function managedByAws(arn: string): AwsError {
  return new AwsError('AccessDeniedException', `${arn} is a key that AWS manages: it cannot be changed.`);
}
