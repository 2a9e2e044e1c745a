import { AwsError } from '../../aws/error.ts';

/** An id that names nothing: InvalidVpcID.NotFound and its siblings. */
export function notFound(code: string, kind: string, ids: readonly string[]): AwsError {
  const several = ids.length > 1;
  return new AwsError(
    code,
    `The ${kind} ID${several ? 's' : ''} '${ids.join(', ')}' do${several ? '' : 'es'} not exist`,
  );
}

export function invalidFilter(name: string): AwsError {
  return new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The token is not valid.');
}

export function notBuilt(member: string): AwsError {
  return new AwsError('UnsupportedOperation', `Longshore does not implement the parameter ${member} yet.`);
}

/** `dryRun` of a request that would have been allowed. */
export function refuseDryRun(isDryRun: boolean | undefined): void {
  if (isDryRun) {
    throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', { status: 412 });
  }
}

export function groupNotFound(groupId: string): AwsError {
  return new AwsError('InvalidGroup.NotFound', `The security group '${groupId}' does not exist`);
}

export function dependencyViolation(message: string): AwsError {
  return new AwsError('DependencyViolation', message);
}

export function missingParameter(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
}

export function invalidParameterValue(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
