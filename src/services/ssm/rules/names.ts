import { parseArn } from '../../../core/arn.ts';
import { reservedName, validation } from '../errors.ts';

const malformedPath =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';

/** Throws ValidationException. */
export function checkNewName(name: string): void {
  if (!/^[A-Za-z0-9_.\-/]+$/.test(name)) {
    throw validation(malformedPath);
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw validation('Parameter name must be a fully qualified name.');
  }
  const first = name.replace(/^\//, '').toLowerCase();
  if (first.startsWith('aws') && first.includes('/')) throw reservedName(name);
  if (first.startsWith('aws') || first.startsWith('ssm')) {
    throw validation(
      first.includes('/')
        ? malformedPath
        : 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    );
  }
  if (name.length > 1011) throw validation('The parameter name exceeds the maximum length of 1011.');
  if (name.split('/').length - 1 > 15) {
    throw validation('Parameter hierarchies can have at most 15 levels.');
  }
}

/** A parameter as a reader names it: by name or ARN, with a version or a label after a colon. */
export interface Reference {
  readonly name: string;
  /** As asked for, such as `:3`. */
  readonly selector?: string;
}

export function readReference(text: string): Reference {
  const arn = parseArn(text);
  const named = arn ? withSlash(arn.resource.replace(/^parameter/, '')) : text;
  const colon = named.lastIndexOf(':');
  return colon === -1 ? { name: named } : { name: named.slice(0, colon), selector: named.slice(colon) };
}

/** The ARN of /a/b ends in parameter/a/b, and so does that of a parameter called plainly b in parameter/b. */
function withSlash(path: string): string {
  const [, plain] = /^\/([^/:]+(?::.*)?)$/.exec(path) ?? [];
  return plain ?? path;
}
