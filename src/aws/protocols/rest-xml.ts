import { assert } from '../../core/assert.ts';
import type { Headers, HttpResponse } from '../../world/net.ts';
import { AwsError } from '../error.ts';
import type { Member, ServiceModel, StructureShape } from '../model.ts';
import type { Failure, ParsedInput, ServiceCodec, WireInput } from './protocol.ts';
import { readRestMembers, writeRestHeaders } from './rest-members.ts';
import { shapeOf } from './shape.ts';
import { wireCode } from './wire-code.ts';
import { readXml } from './xml-reader.ts';
import { readXmlValue } from './xml-value.ts';
import { element, escapeXml, writeXmlMembers } from './xml-writer.ts';

/** REST with XML bodies, server side, as S3 speaks it. */
export function createRestXmlCodec(model: ServiceModel): ServiceCodec {
  return {
    readInput(name, wire): ParsedInput {
      const shape = structureOf(model, model.operations[name]?.input);
      if (!shape) return { input: {}, missing: [] };
      const missing: string[] = [];
      const input = readRestMembers(model, shape, wire, wrongValue);
      const payload = payloadOf(shape);
      if (payload) {
        const value = readPayload(model, payload, wire, missing);
        if (value !== undefined) input[payload[0]] = value;
      }
      for (const member of shape.required) if (input[member] === undefined) missing.push(member);
      return { input, missing };
    },
    writeOutput(name, output, requestId): HttpResponse {
      const operation = model.operations[name];
      const shape = structureOf(model, operation?.output);
      const status = operation?.http?.status ?? 200;
      const common = { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId };
      if (!shape) return { status, headers: common, body: '' };
      const value = asRecord(output);
      const headers: Headers = { ...common, ...writeRestHeaders(model, shape, value) };
      const payload = payloadOf(shape);
      if (!payload && !hasBody(shape)) {
        return { status, headers, body: '' };
      }
      if (payload && isBytes(model, payload[1])) {
        // A range is answered with 206: the model has one status for an operation.
        return {
          status: headers['content-range'] === undefined ? status : 206,
          headers,
          body: bodyOf(value[payload[0]]),
        };
      }
      return {
        status,
        headers: { ...headers, 'content-type': 'application/xml' },
        body: writeBody(model, name, shape, value),
      };
    },
  };
}

/** `<Error>` alone, as S3 writes it: no other service speaks this protocol here. */
export function writeRestXmlError({ error, status, requestId, model }: Failure): HttpResponse {
  const members = Object.entries(error.members).map(([name, value]) => element(name, escapeXml(String(value))));
  const body = element(
    'Error',
    element('Code', escapeXml(wireCode(error, model))) +
      element('Message', escapeXml(error.message)) +
      members.join('') +
      element('RequestId', requestId) +
      element('HostId', requestId),
  );
  const hasNoBody = status === 304 || status === 204;
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
    body: hasNoBody ? '' : `${declaration}${body}`,
  };
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function structureOf(model: ServiceModel, name: string | undefined): StructureShape | undefined {
  if (name === undefined) return undefined;
  const shape = model.shapes[name];
  assert(shape && 'members' in shape, `${name} is a structure`);
  return shape;
}

type Payload = readonly [name: string, member: Member];

function payloadOf(shape: StructureShape): Payload | undefined {
  return Object.entries(shape.members).find(([, member]) => member.location === 'payload');
}

function hasBody(shape: StructureShape): boolean {
  return Object.values(shape.members).some((member) => member.location === undefined);
}

function isBytes(model: ServiceModel, member: Member): boolean {
  const { kind } = shapeOf(model, member.shape);
  return kind === 'blob' || kind === 'string';
}

function readPayload(model: ServiceModel, [name, member]: Payload, wire: WireInput, missing: string[]): unknown {
  if (member.streaming) return wire.rest?.stream;
  if (shapeOf(model, member.shape).kind === 'blob') return wire.body;
  const text = decodeText(wire.body);
  if (shapeOf(model, member.shape).kind === 'string') return text === '' ? undefined : text;
  if (text.trim() === '') return undefined;
  const root = readXml(text);
  if (root?.name !== (member.wireName ?? rootName(model, member) ?? name)) throw malformedXml();
  return readXmlValue(model, member, root, {
    missing,
    refuse: () => {
      throw malformedXml();
    },
  });
}

function rootName(model: ServiceModel, member: Member): string | undefined {
  const shape = shapeOf(model, member.shape);
  return 'members' in shape ? (shape.wireName ?? member.shape) : undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeText(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    throw malformedXml();
  }
}

export function malformedXml(): AwsError {
  return new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    { status: 400 },
  );
}

function wrongValue(name: string, value: string): AwsError {
  return new AwsError('InvalidArgument', `The value of ${name} is not valid.`, {
    status: 400,
    members: { ArgumentName: name, ArgumentValue: value.slice(0, 200) },
  });
}

function writeBody(
  model: ServiceModel,
  name: string,
  shape: StructureShape,
  value: Readonly<Record<string, unknown>>,
): string {
  const payload = payloadOf(shape);
  const output = model.operations[name]?.output ?? '';
  const attributes = ` xmlns="${model.xmlNamespace ?? ''}"`;
  if (payload) {
    const [member, of] = payload;
    const held = value[member];
    if (held === undefined) return '';
    const tag = of.wireName ?? rootName(model, of) ?? member;
    return `${declaration}<${tag}${attributes}>${writeXmlMembers(model, of.shape, held, { item: 'member' })}</${tag}>`;
  }
  const tag = shape.wireName ?? output;
  // GetBucketLocation answers with one element that is its own root.
  const only = Object.keys(shape.members);
  if (only.length === 1 && only[0] === tag) {
    const text = value[tag];
    return `${declaration}<${tag}${attributes}>${typeof text === 'string' ? escapeXml(text) : ''}</${tag}>`;
  }
  return `${declaration}<${tag}${attributes}>${writeXmlMembers(model, output, value, { item: 'member' })}</${tag}>`;
}

function bodyOf(value: unknown): HttpResponse['body'] {
  if (value === undefined) return '';
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  assert(isStream(value), 'a streamed body is iterable');
  return value;
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
