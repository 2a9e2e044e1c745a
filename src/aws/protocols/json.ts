import { assert } from '../../core/assert.ts';
import type { HttpResponse } from '../../world/net.ts';
import { AwsError } from '../error.ts';
import type { ServiceModel } from '../model.ts';
import { eventStream, type StreamMember, streamMember } from './event-stream.ts';
import { exceedsDepth } from './json-depth.ts';
import { createJsonReaders } from './json-reader.ts';
import { createJsonWriters } from './json-writer.ts';
import type { Failure, ParsedInput, ServiceCodec } from './protocol.ts';
import type { ValueWriter } from './value-writer.ts';
import { queryErrorHeader } from './wire-code.ts';

/** AWS JSON 1.0 and 1.1, server side. They differ in nothing but the content type. */
export function createJsonCodec(model: ServiceModel, contentType: string): ServiceCodec {
  const readerOf = createJsonReaders(model);
  const writerOf = createJsonWriters(model);
  const streams = new Map<string, StreamMember | undefined>();
  const streamOf = (output: string): StreamMember | undefined => {
    if (!streams.has(output)) streams.set(output, streamMember(model, output));
    return streams.get(output);
  };
  return {
    readInput(name, { body }): ParsedInput {
      const value = parseJsonBody(body);
      const input = model.operations[name]?.input;
      if (input === undefined) return { input: {}, missing: [] };
      const walk = { path: [], missing: [] };
      const read = readerOf(input)(value, walk);
      assert(typeof read === 'object' && read !== null, 'the input is a structure: null was refused');
      return { input: read, missing: walk.missing };
    },
    writeOutput(name, output, requestId): HttpResponse {
      const shape = model.operations[name]?.output;
      const headers = { 'content-type': contentType, 'x-amzn-requestid': requestId };
      // AWS answers an operation that gives nothing with an empty body, not with {}.
      if (shape === undefined) return { status: 200, headers, body: '' };
      const stream = streamOf(shape);
      if (stream) {
        const body = eventStream(stream, output, writerOf(shape), writerOf);
        return { status: 200, headers: { ...headers, 'content-type': 'application/vnd.amazon.eventstream' }, body };
      }
      return { status: 200, headers, body: JSON.stringify(writerOf(shape)(output ?? {})) };
    },
  };
}

/** `{"__type": "X", "message": "…"}` and what else the error's shape holds. */
export function createJsonErrors(contentType: string): (failure: Failure) => HttpResponse {
  const compiled = new WeakMap<ServiceModel, (shape: string) => ValueWriter>();
  return ({ error, status, requestId, model }) => {
    let members: unknown = {};
    if (model?.shapes[error.code] && Object.keys(error.members).length > 0) {
      const writers = compiled.get(model) ?? createJsonWriters(model);
      compiled.set(model, writers);
      members = writers(error.code)(error.members);
    }
    return {
      status,
      headers: {
        'content-type': contentType,
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': error.code,
        ...queryErrorHeader(error, status, model),
      },
      body: JSON.stringify({ __type: error.code, ...Object(members), message: error.message }),
    };
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The value of a body; an empty one is an empty object. */
export function parseJsonBody(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    if (exceedsDepth(body, depthLimit)) throw new SyntaxError('too deep');
    value = JSON.parse(utf8.decode(body));
  } catch {
    // Not told apart: what is wrong with the bytes is the client's to see, and AWS says no more either.
    throw new AwsError('SerializationException', 'The request body is not valid JSON, or is nested too deeply.');
  }
  if (value === null) throw new AwsError('SerializationException', 'The request body is not a JSON object.');
  return value;
}

/** No AWS input nests half as deep; what does would only cost memory and stack. */
const depthLimit = 64;
