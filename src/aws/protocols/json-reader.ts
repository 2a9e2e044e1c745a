import { AwsError } from '../error.ts';
import type { Member, ServiceModel, Shape, SimpleShape } from '../model.ts';
import { decodeBase64 } from './base64.ts';
import { isSimple, shapeOf } from './shape.ts';

/** Checks a parsed JSON value against a shape and gives the typed value; undefined where null stood. */
export type JsonReader = (value: unknown, walk: Walk) => unknown;

/** One input being read: where the reader stands, and what the model requires and was not there. */
export interface Walk {
  readonly path: string[];
  readonly missing: string[];
}

/** Readers of the shapes of one model, each compiled when it is first asked for. */
export function createJsonReaders(model: ServiceModel): (shape: string) => JsonReader {
  const readers = new Map<string, JsonReader>();
  const readerOf = (name: string): JsonReader => {
    const present = readers.get(name);
    if (present) return present;
    // A shape may contain itself: until its own reader is there, whoever asks gets one that looks it up when it runs.
    readers.set(name, (value, walk) => readers.get(name)?.(value, walk));
    const reader = compile(shapeOf(model, name), (member) => readerOf(member.shape));
    readers.set(name, reader);
    return reader;
  };
  return readerOf;
}

function compile(shape: Shape, readerOf: (member: Member) => JsonReader): JsonReader {
  if (isSimple(shape)) return simpleReader(shape.kind);
  switch (shape.kind) {
    case 'structure':
    case 'union': {
      const members = new Map(Object.entries(shape.members).map(([member, of]) => [member, readerOf(of)]));
      return structureReader(members, shape.required, shape.kind === 'union');
    }
    case 'list':
      return listReader(readerOf(shape.member));
    case 'map':
      return mapReader(readerOf(shape.value));
  }
}

function structureReader(
  members: ReadonlyMap<string, JsonReader>,
  required: readonly string[],
  isUnion: boolean,
): JsonReader {
  return (value, walk) => {
    if (value === null) return undefined;
    if (!isObject(value)) return refuse(value, 'Structure', walk);
    const result: Record<string, unknown> = {};
    let count = 0;
    for (const name in value) {
      const reader = members.get(name);
      if (!reader) continue;
      walk.path.push(name);
      const member = reader(value[name], walk);
      walk.path.pop();
      if (member === undefined) continue;
      result[name] = member;
      count += 1;
    }
    for (const name of required) {
      if (result[name] === undefined) walk.missing.push([...walk.path, name].join('.'));
    }
    if (isUnion && count !== 1) throw serialization('a union has exactly one member', walk);
    return result;
  };
}

function listReader(item: JsonReader): JsonReader {
  return (value, walk) => {
    if (value === null) return undefined;
    if (!Array.isArray(value)) return refuse(value, 'List', walk);
    const result: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) {
      // AWS counts list items from one and calls them members when it names a path.
      walk.path.push(String(index + 1), 'member');
      const read = item(value[index], walk);
      if (read === undefined) throw serialization('a list holds no null', walk);
      walk.path.length -= 2;
      result.push(read);
    }
    return result;
  };
}

function mapReader(read: JsonReader): JsonReader {
  return (value, walk) => {
    if (value === null) return undefined;
    if (!isObject(value)) return refuse(value, 'Map', walk);
    const entries: [string, unknown][] = [];
    for (const key of Object.keys(value)) {
      walk.path.push(key, 'member');
      const item = read(value[key], walk);
      if (item === undefined) throw serialization('a map holds no null', walk);
      walk.path.length -= 2;
      entries.push([key, item]);
    }
    return Object.fromEntries(entries); // and not by assignment, to which a key __proto__ would be no key
  };
}

function simpleReader(kind: SimpleShape['kind']): JsonReader {
  const read = simpleReaders[kind];
  return (value, walk) => (value === null ? undefined : read(value, walk));
}

const simpleReaders: Readonly<Record<SimpleShape['kind'], JsonReader>> = {
  string: (value, walk) => (typeof value === 'string' ? value : refuse(value, 'String', walk)),
  boolean: (value, walk) => (typeof value === 'boolean' ? value : refuse(value, 'Boolean', walk)),
  integer: (value, walk) =>
    typeof value === 'number' && (value | 0) === value ? value : refuse(value, 'Integer', walk),
  // Beyond 2^53 a JSON number has lost its last digits before we see it; the range is what a long can hold.
  long: (value, walk) =>
    Number.isInteger(value) && Math.abs(Number(value)) <= 2 ** 63 ? value : refuse(value, 'Long', walk),
  float: (value, walk) => (Number.isFinite(value) ? value : refuse(value, 'Double', walk)),
  number: (value, walk) => (Number.isFinite(value) ? value : refuse(value, 'Number', walk)),
  blob: (value, walk) => {
    if (typeof value !== 'string') return refuse(value, 'Blob', walk);
    return decodeBase64(value) ?? refuse(value, 'Blob', walk);
  },
  timestamp: (value, walk) => {
    if (typeof value !== 'number') return refuse(value, 'Timestamp', walk);
    const date = new Date(Math.round(value * 1000)); // 1.001 * 1000 is a little below 1001
    return Number.isNaN(date.getTime()) ? refuse(value, 'Timestamp', walk) : date;
  },
  document: (value) => value,
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(value: unknown, wanted: string, walk: Walk): never {
  throw serialization(`${tokenOf(value)} cannot be converted to ${wanted}`, walk);
}

/** Differs from AWS: names the path, which AWS leaves out. */
function serialization(what: string, walk: Walk): AwsError {
  const where = walk.path.length === 0 ? '' : ` (at ${walk.path.join('.').slice(0, 300)})`;
  return new AwsError('SerializationException', `${what}${where}`);
}

/** AWS's word for the JSON token. */
function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'number') return 'NUMBER_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return 'START_OBJECT';
}
