import { AwsError } from '../error.ts';
import type { Member, ServiceModel, SimpleShape, StructureShape } from '../model.ts';
import { assert } from '../../core/assert.ts';
import { readPairs } from '../request-head.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { WireInput } from './protocol.ts';
import { isSimple, shapeOf } from './shape.ts';

/** The members of an input that stand in the path, the query and the headers. `refuse` words a value of the wrong type. */
export function readRestMembers(
  model: ServiceModel,
  input: StructureShape,
  wire: WireInput,
  refuse: (name: string, value: string) => AwsError,
): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  const pairs = readPairs(wire.query, true);
  const first = (name: string): string | undefined => pairs.find(([held]) => held === name)?.[1];
  for (const [name, member] of Object.entries(input.members)) {
    const at = member.locationName ?? name;
    switch (member.location) {
      case 'uri':
        put(read, name, wire.rest?.labels.get(name));
        break;
      case 'header': {
        const value = wire.rest?.headers.get(at.toLowerCase());
        if (value !== undefined) put(read, name, readText(model, member, value, at, refuse));
        break;
      }
      case 'query': {
        const shape = shapeOf(model, member.shape);
        const values = pairs.filter(([held]) => held === at).map(([, value]) => value);
        if (shape.kind === 'list') {
          if (values.length > 0) read[name] = values.map((value) => readText(model, shape.member, value, at, refuse));
        } else {
          const value = first(at);
          if (value !== undefined && (value !== '' || shape.kind === 'string'))
            put(read, name, readText(model, member, value, at, refuse));
        }
        break;
      }
      case 'prefix-headers': {
        const held = [...(wire.rest?.headers ?? [])].filter(([header]) => header.startsWith(at.toLowerCase()));
        if (held.length > 0) {
          read[name] = Object.fromEntries(held.map(([header, value]) => [header.slice(at.length), value]));
        }
        break;
      }
      case 'payload':
      case 'status':
      case undefined:
        break;
    }
  }
  return read;
}

function put(read: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) read[name] = value;
}

/** One value as text, out of a header or a parameter. Lists in headers are separated by commas. */
function readText(
  model: ServiceModel,
  member: Member,
  text: string,
  name: string,
  refuse: (name: string, value: string) => AwsError,
): unknown {
  const shape = shapeOf(model, member.shape);
  if (shape.kind === 'list') {
    return text.split(',').map((item) => readText(model, shape.member, item.trim(), name, refuse));
  }
  assert(isSimple(shape), `${name} is simple or a list`);
  const value = readSimpleText(shape.kind, text, member.timestampFormat ?? 'http-date');
  if (value === undefined) throw refuse(name, text);
  return value;
}

/** The typed value of a text, undefined where it is none of that kind. */
export function readSimpleText(
  kind: SimpleShape['kind'],
  text: string,
  timestampFormat: NonNullable<Member['timestampFormat']>,
): unknown {
  switch (kind) {
    case 'string':
    case 'document':
      return text;
    case 'boolean':
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;
    case 'integer':
    case 'long':
      return /^-?[0-9]{1,19}$/.test(text) ? Number(text) : undefined;
    case 'number':
    case 'float':
      return /^-?[0-9]{1,19}(\.[0-9]{1,19})?$/.test(text) ? Number(text) : undefined;
    case 'blob':
      return decodeBase64(text);
    case 'timestamp':
      return readTimestamp(text, timestampFormat);
  }
}

function readTimestamp(text: string, format: NonNullable<Member['timestampFormat']>): Date | undefined {
  if (format === 'epoch-seconds')
    return /^[0-9]{1,12}(\.[0-9]+)?$/.test(text) ? new Date(Number(text) * 1000) : undefined;
  const isPlausible = format === 'http-date' ? /^[A-Z][a-z]{2},? / : /^[0-9]{4}-[0-9]{2}-[0-9]{2}/;
  // Clients write either form in either place.
  const date = new Date(isPlausible.test(text) || /^[0-9]{4}-[0-9]{2}-[0-9]{2}T/.test(text) ? text : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The headers that an output's members become. */
export function writeRestHeaders(
  model: ServiceModel,
  output: StructureShape,
  value: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, member] of Object.entries(output.members)) {
    const held = value[name];
    if (held === undefined || held === null) continue;
    const at = member.locationName ?? name;
    if (member.location === 'header') headers[at.toLowerCase()] = headerText(model, member, held);
    if (member.location === 'prefix-headers') {
      assert(typeof held === 'object', `${name} is a map`);
      for (const [key, text] of Object.entries(held)) headers[`${at}${key}`.toLowerCase()] = headerSafe(String(text));
    }
  }
  return headers;
}

function headerText(model: ServiceModel, member: Member, value: unknown): string {
  const shape = shapeOf(model, member.shape);
  if (shape.kind === 'timestamp') {
    assert(value instanceof Date, 'a timestamp is a Date');
    if (member.timestampFormat === 'date-time') return value.toISOString();
    return member.timestampFormat === 'epoch-seconds' ? String(value.getTime() / 1000) : value.toUTCString();
  }
  if (shape.kind === 'blob' && value instanceof Uint8Array) return encodeBase64(value);
  if (Array.isArray(value)) return value.map(String).join(', ');
  return headerSafe(String(value));
}

/** A header's value is bytes, a character each; what could not stand in one is escaped. */
function headerSafe(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x1f\x7f]|[^\x00-\xff]/g, (char) => encodeURIComponent(char));
}
