/** What repositories, tags and digests may be called. */
import { invalidParameter } from '../errors.ts';

const repositoryPattern = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

export function isRepositoryName(name: string): boolean {
  return name.length >= 2 && name.length <= 256 && repositoryPattern.test(name);
}

export function checkRepositoryName(name: string): void {
  if (name.length < 2 || name.length > 256) {
    const bound = name.length < 2 ? 'greater than or equal to 2' : 'less than or equal to 256';
    throw invalidParameter(
      `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length ${bound}'`,
    );
  }
  if (!isRepositoryName(name)) {
    throw invalidParameter(
      `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''`,
    );
  }
}

export function isTag(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(text);
}

export function checkTag(tag: string): void {
  if (!isTag(tag)) {
    throw invalidParameter(
      `Invalid parameter at 'imageTag' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9-_.]{0,127}''`,
    );
  }
}
