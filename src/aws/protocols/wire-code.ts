import type { AwsError } from '../error.ts';
import type { ServiceModel } from '../model.ts';

/** The code of an error on the wire of the XML protocols: the model may give a shape another name there. */
export function wireCode(error: AwsError, model: ServiceModel | undefined): string {
  const shape = model?.shapes[error.code];
  return (shape && 'members' in shape ? shape.error?.code : undefined) ?? error.code;
}

/**
 * Where a service once spoke the query protocol, its JSON and CBOR answers name the error as that protocol did as well:
 * programs written against the old names go on.
 */
export function queryErrorHeader(
  error: AwsError,
  status: number,
  model: ServiceModel | undefined,
): Readonly<Record<string, string>> {
  if (!model?.protocols.includes('query')) return {};
  return { 'x-amzn-query-error': `${wireCode(error, model)};${status >= 500 ? 'Receiver' : 'Sender'}` };
}
