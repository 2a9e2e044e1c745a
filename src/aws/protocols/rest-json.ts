import { assert } from '../../core/assert.ts';
import type { HttpResponse } from '../../world/net.ts';
import { AwsError } from '../error.ts';
import type { ServiceModel, StructureShape } from '../model.ts';
import { createJsonReaders } from './json-reader.ts';
import { createJsonWriters } from './json-writer.ts';
import { parseJsonBody } from './json.ts';
import type { Failure, ParsedInput, ServiceCodec } from './protocol.ts';
import { readRestMembers, writeRestHeaders } from './rest-members.ts';

/** REST with JSON bodies, server side. */
export function createRestJsonCodec(model: ServiceModel): ServiceCodec {
  const readerOf = createJsonReaders(model);
  const writerOf = createJsonWriters(model);
  return {
    readInput(name, wire): ParsedInput {
      const input = model.operations[name]?.input;
      const shape = structureOf(model, input);
      if (input === undefined || !shape) return { input: {}, missing: [] };
      const located = readRestMembers(model, shape, wire, wrongValue);
      const walk = { path: [], missing: [] };
      const inBody = Object.entries(asRecord(parseJsonBody(wire.body))).filter(([member]) => {
        const of = Object.hasOwn(shape.members, member) ? shape.members[member] : undefined;
        return of?.location === undefined; // what stands in the path is not said twice
      });
      const read = readerOf(input)(Object.fromEntries(inBody), walk);
      const merged: Readonly<Record<string, unknown>> = { ...asRecord(read), ...located };
      return { input: merged, missing: walk.missing.filter((member) => merged[member] === undefined) };
    },
    writeOutput(name, output, requestId): HttpResponse {
      const operation = model.operations[name];
      const status = operation?.http?.status ?? 200;
      const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
      const shape = structureOf(model, operation?.output);
      if (!shape || operation?.output === undefined) return { status, headers, body: '' };
      const value = asRecord(output);
      const written = asRecord(writerOf(operation.output)(value));
      const inBody = Object.entries(written).filter(([member]) => shape.members[member]?.location === undefined);
      return {
        status,
        headers: { ...headers, ...writeRestHeaders(model, shape, value) },
        body: JSON.stringify(Object.fromEntries(inBody)),
      };
    },
  };
}

/** The error's name in a header; EFS says it in the body as well, under a name of its own. */
export function writeRestJsonError({ error, status, requestId }: Failure): HttpResponse {
  const body = { ...error.members, ErrorCode: error.code, Message: error.message, message: error.message };
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.code },
    body: JSON.stringify(body),
  };
}

function structureOf(model: ServiceModel, name: string | undefined): StructureShape | undefined {
  const shape = name === undefined ? undefined : model.shapes[name];
  assert(shape === undefined || 'members' in shape, `${name ?? ''} is a structure`);
  return shape;
}

function wrongValue(name: string): AwsError {
  return new AwsError('BadRequest', `The value of ${name} is not valid.`, { status: 400 });
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
