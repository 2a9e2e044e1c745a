import { assert } from '../../core/assert.ts';
import type { HttpResponse } from '../../world/net.ts';
import type { ServiceModel } from '../model.ts';
import { decodeCbor } from './cbor-decode.ts';
import { CborFloat, encodeCbor } from './cbor-encode.ts';
import type { Failure, ParsedInput, ServiceCodec } from './protocol.ts';
import { createValueReaders, refuse, type SimpleReaders } from './value-reader.ts';
import { createValueWriters, type SimpleWriters, type ValueWriter } from './value-writer.ts';
import { queryErrorHeader } from './wire-code.ts';

/** Smithy RPC v2 CBOR, server side: `POST /service/<service>/operation/<operation>`. */
export function createCborCodec(model: ServiceModel): ServiceCodec {
  const readerOf = createValueReaders(model, simpleReaders);
  const writerOf = createValueWriters(model, simpleWriters);
  return {
    readInput(name, { body }): ParsedInput {
      const shape = model.operations[name]?.input;
      const value = body.length === 0 ? {} : decodeCbor(body);
      if (shape === undefined) return { input: {}, missing: [] };
      const walk = { path: [], missing: [] };
      const read = value === null ? refuse(value, 'Structure', walk) : readerOf(shape)(value, walk);
      assert(typeof read === 'object' && read !== null, 'the input is a structure: null was refused');
      return { input: read, missing: walk.missing };
    },
    writeOutput(name, output, requestId): HttpResponse {
      const shape = model.operations[name]?.output;
      const headers = { ...protocolHeader, 'x-amzn-requestid': requestId };
      // What gives nothing has no body, and then no content type may be given.
      if (shape === undefined) return { status: 200, headers, body: '' };
      const body = encodeCbor(writerOf(shape)(output ?? {}));
      return { status: 200, headers: { ...headers, 'content-type': cborContentType }, body };
    },
  };
}

/** The shape id of the error in `__type`, its message, and what else its shape holds. */
export function writeCborError({ error, status, requestId, model }: Failure): HttpResponse {
  const shape = model?.shapes[error.code];
  const members = model && shape ? errorWriters(model)(error.code)(error.members) : {};
  const type = model?.namespace !== undefined && shape ? `${model.namespace}#${error.code}` : error.code;
  return {
    status,
    headers: {
      ...protocolHeader,
      'content-type': cborContentType,
      'x-amzn-requestid': requestId,
      ...queryErrorHeader(error, status, model),
    },
    body: encodeCbor({ __type: type, ...Object(members), message: error.message }),
  };
}

export const cborContentType = 'application/cbor';
const protocolHeader = { 'smithy-protocol': 'rpc-v2-cbor' } as const;

const compiled = new WeakMap<ServiceModel, (shape: string) => ValueWriter>();

function errorWriters(model: ServiceModel): (shape: string) => ValueWriter {
  const writers = compiled.get(model) ?? createValueWriters(model, simpleWriters);
  compiled.set(model, writers);
  return writers;
}

const simpleReaders: SimpleReaders = {
  string: (value, walk) => (typeof value === 'string' ? value : refuse(value, 'String', walk)),
  boolean: (value, walk) => (typeof value === 'boolean' ? value : refuse(value, 'Boolean', walk)),
  integer: (value, walk) =>
    typeof value === 'number' && (value | 0) === value ? value : refuse(value, 'Integer', walk),
  long: (value, walk) =>
    Number.isInteger(value) && Math.abs(Number(value)) <= 2 ** 63 ? value : refuse(value, 'Long', walk),
  // Differs from JSON: NaN and the infinities can be said. No operation of ours has a use for them.
  float: (value, walk) => (Number.isFinite(value) ? value : refuse(value, 'Double', walk)),
  number: (value, walk) => (Number.isFinite(value) ? value : refuse(value, 'Number', walk)),
  blob: (value, walk) => (value instanceof Uint8Array ? value : refuse(value, 'Blob', walk)),
  timestamp: (value, walk) => (value instanceof Date ? value : refuse(value, 'Timestamp', walk)),
  document: (value, walk) => refuse(value, 'Document', walk), // the protocol has none
};

const simpleWriters: SimpleWriters = {
  float: (value) => {
    assert(typeof value === 'number', 'a fraction is a number');
    return new CborFloat(value);
  },
  timestamp: (value) => {
    assert(value instanceof Date, 'a timestamp is a Date');
    return value;
  },
  blob: (value) => {
    assert(value instanceof Uint8Array, 'a blob is bytes');
    return value;
  },
};
