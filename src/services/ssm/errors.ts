/** The mistakes a client of the Parameter Store can make, as AWS words them. */
import { AwsError } from '../../aws/error.ts';

export function parameterNotFound(name?: string): AwsError {
  return new AwsError('ParameterNotFound', name === undefined ? '' : `Parameter ${name} not found.`);
}

export function versionNotFound(name: string, version: string): AwsError {
  return new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );
}

export function parameterExists(): AwsError {
  return new AwsError(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  );
}

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function reservedName(name: string): AwsError {
  return new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
}

export function patternMismatch(pattern: string): AwsError {
  return new AwsError(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  );
}

/** What KMS refuses reaches the client in these words, the service and its code in brackets. */
export function invalidKeyId(refusal: AwsError): AwsError {
  return new AwsError(
    'InvalidKeyId',
    `${refusal.message} (Service: AWSKMS; Status Code: 400; Error Code: ${refusal.code}; Proxy: null)`,
  );
}

export function invalidPattern(pattern: string): AwsError {
  return new AwsError('InvalidAllowedPatternException', `The regular expression '${pattern}' is not valid.`);
}

export function typeChange(): AwsError {
  return validation('The parameter type of an existing parameter cannot be changed.');
}

export function invalidToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The specified token is not valid.');
}

export function invalidFilterKey(key: string): AwsError {
  return new AwsError('InvalidFilterKey', `The following filter key is not valid: ${key}.`);
}

export function invalidResourceId(): AwsError {
  return new AwsError(
    'InvalidResourceId',
    'The resource ID is not valid. Verify that you entered the correct ID and try again.',
  );
}

export function tooManyVersionsLabelled(name: string): AwsError {
  return new AwsError(
    'ParameterMaxVersionLimitExceeded',
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. The oldest version can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );
}

export function tooManyTags(): AwsError {
  return new AwsError('TooManyTagsError', 'The Tags parameter includes more than 50 tags.');
}

export function notBuilt(what: string): AwsError {
  return new AwsError('UnsupportedOperationException', `Longshore does not implement ${what} yet.`);
}
