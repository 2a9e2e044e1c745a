import { CommitFailed } from '../../store/store.ts';
import type { HttpResponse } from '../../world/net.ts';
import type { Log } from '../../world/world.ts';
import { AwsError } from '../error.ts';
import { json10, json11 } from '../loaded-services.ts';
import type { ServiceModel } from '../model.ts';
import { writeCborError } from '../protocols/cbor.ts';
import { writeEc2Error } from '../protocols/ec2.ts';
import { createJsonErrors } from '../protocols/json.ts';
import type { ProtocolFamily } from '../protocols/protocol.ts';
import { writeQueryError } from '../protocols/query.ts';
import { writeRestJsonError } from '../protocols/rest-json.ts';
import { writeRestXmlError } from '../protocols/rest-xml.ts';

/** How far a request had come when it failed. */
export interface Progress {
  readonly requestId: string;
  family: ProtocolFamily;
  contentType: string;
  model: ServiceModel | undefined;
  operation: string | undefined;
  /** Whether the signature has been found good. */
  verified: boolean;
}

/** The answer to a request that failed: a client's mistake as AWS words it, and anything else as our own failure, logged. */
export function replyError(error: unknown, progress: Progress, log: Log): HttpResponse {
  const { requestId, model } = progress;
  const shown = error instanceof AwsError ? error : serverError(error, model);
  const status = shown.status ?? modelledStatus(shown.code, model) ?? 400;
  if (status >= 500) logFailure(error, progress, log);
  const failure = { error: shown, status, requestId, model };
  switch (progress.family) {
    case 'json':
      return progress.contentType === json10 ? jsonErrors10(failure) : jsonErrors11(failure);
    case 'cbor':
      return writeCborError(failure);
    case 'query':
      return writeQueryError(failure);
    case 'ec2':
      return writeEc2Error(failure);
    case 'rest-json':
      return writeRestJsonError(failure);
    case 'rest-xml':
      return writeRestXmlError(failure);
  }
}

const jsonErrors10 = createJsonErrors(json10);
const jsonErrors11 = createJsonErrors(json11);

/**
 * What the model says, but 400 for every mistake in a service of JSON 1.1: KMS and Systems Manager have statuses such as
 * 404 in their models, of the days when they spoke the query protocol, and answer 400.
 */
function modelledStatus(code: string, model: ServiceModel | undefined): number | undefined {
  const shape = model?.shapes[code];
  const status = shape && 'members' in shape ? shape.error?.status : undefined;
  return status !== undefined && status < 500 && model?.protocols.includes('json-1.1') ? 400 : status;
}

/** Clients send a 500 again. What failed is for our log, not for the client. */
function serverError(error: unknown, model: ServiceModel | undefined): AwsError {
  const code = ['ServerException', 'InternalServerError'].find((name) => model?.shapes[name]) ?? 'InternalFailure';
  const message =
    error instanceof CommitFailed
      ? 'The change could not be made durable and was not made. Try again.'
      : 'The request processing has failed because of an unknown error, exception or failure.';
  return new AwsError(code, message, { status: 500 });
}

export function logFailure(
  error: unknown,
  progress: Pick<Progress, 'requestId' | 'model' | 'operation'>,
  log: Log,
): void {
  log.error('request.failed', {
    requestId: progress.requestId,
    service: progress.model?.signingName,
    operation: progress.operation,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
