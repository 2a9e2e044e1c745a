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
