import type { AwsError } from '../error.ts';
import type { ServiceModel } from '../model.ts';

/** The code of an error on the wire of the XML protocols: the model may give a shape another name there. */
export function wireCode(error: AwsError, model: ServiceModel | undefined): string {
  const shape = model?.shapes[error.code];
  return (shape && 'members' in shape ? shape.error?.code : undefined) ?? error.code;
}
