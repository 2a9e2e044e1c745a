import type { Reader } from '../store/store.ts';
import type { AwsError } from './error.ts';
import type { Call } from './operation.ts';
import type { Permission } from './permission.ts';

/** Decides by policy whether the caller may. The IAM service is one; asked for every request, so it answers from memory. */
export interface Authorizer {
  /**
   * Undefined when every permission is allowed; otherwise AccessDenied (403) in AWS's words, of the first that is not.
   * The gateway gives it the code that the request's protocol has for it (steps/authorize.ts).
   */
  refuse(reader: Reader, call: Call, permissions: readonly Permission[]): AwsError | undefined;
}
