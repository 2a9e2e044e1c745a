import { AwsError } from '../error.ts';
import type { ClaimedService } from '../loaded-services.ts';
import type { ParsedInput } from '../protocols/protocol.ts';
import { malformedXml } from '../protocols/rest-xml.ts';

/** Refuses an input that lacks what the model requires; gives it back otherwise. */
export function validate(claimed: ClaimedService, parsed: ParsedInput): object {
  if (parsed.missing.length > 0) throw missingMembers(claimed, parsed.missing);
  return parsed.input;
}

function missingMembers({ family, model }: ClaimedService, missing: readonly string[]): AwsError {
  if (family === 'ec2') {
    return new AwsError('MissingParameter', `The request must contain the parameter ${missing[0]}`);
  }
  if (family === 'rest-xml') return malformedXml();
  const shown = missing.slice(0, shownLimit);
  const count = `${missing.length} validation error${missing.length === 1 ? '' : 's'} detected`;
  const texts = shown.map((path) => `Value null at '${path}' failed to satisfy constraint: Member must not be null`);
  const code =
    family === 'query'
      ? 'ValidationError'
      : (['InvalidParameterException', 'BadRequest'].find((name) => model.shapes[name]) ?? 'ValidationException');
  return new AwsError(code, `${count}: ${texts.join('; ')}`);
}

const shownLimit = 20;
