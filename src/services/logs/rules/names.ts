import { constraintBroken, invalidParameter } from '../errors.ts';
import { limits } from './limits.ts';

/** Throws InvalidParameterException when the text cannot be a log group's name. */
export function checkGroupName(name: string, member = 'logGroupName'): void {
  checkLength(name, member);
  if (!/^[.\-_/#A-Za-z0-9]+$/.test(name)) {
    throw constraintBroken(name, member, 'Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+');
  }
}

/** Throws InvalidParameterException when no log group may be made under this name. */
export function checkNewGroupName(name: string): void {
  checkGroupName(name);
  if (name.startsWith('aws/')) throw invalidParameter("Log groups starting with 'aws/' are reserved for AWS.");
}

/** Throws InvalidParameterException when the text cannot be a log stream's name. */
export function checkStreamName(name: string, member = 'logStreamName'): void {
  checkLength(name, member);
  if (!/^[^:*]*$/.test(name)) {
    throw constraintBroken(name, member, 'Member must satisfy regular expression pattern: [^:*]*');
  }
}

/** Throws InvalidParameterException when the number is outside 1 to `most`. */
export function checkLimit(limit: number | undefined, most: number): void {
  if (limit === undefined) return;
  if (limit < 1) throw constraintBroken(String(limit), 'limit', 'Member must have value greater than or equal to 1');
  if (limit > most) {
    throw constraintBroken(String(limit), 'limit', `Member must have value less than or equal to ${most}`);
  }
}

function checkLength(name: string, member: string): void {
  if (name.length < 1) throw constraintBroken(name, member, 'Member must have length greater than or equal to 1');
  if (name.length > limits.nameLength) {
    throw constraintBroken(name, member, `Member must have length less than or equal to ${limits.nameLength}`);
  }
}
