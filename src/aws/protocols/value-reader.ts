import { AwsError } from '../error.ts';
import type { Member, ServiceModel, Shape, SimpleShape } from '../model.ts';
import { isSimple, shapeOf } from './shape.ts';

/** Checks a decoded value against a shape and gives the typed value; undefined where null stood. */
export type ValueReader = (value: unknown, walk: Walk) => unknown;

/** One input being read: where the reader stands, and what the model requires and was not there. */
export interface Walk {
  readonly path: string[];
  readonly missing: string[];
}

/** How a protocol's decoded values become simple ones. A reader is never given null, and throws what refuse() does. */
export type SimpleReaders = Readonly<Record<SimpleShape['kind'], (value: unknown, walk: Walk) => unknown>>;

/** Readers of the shapes of one model, each compiled when it is first asked for. */
export function createValueReaders(model: ServiceModel, simple: SimpleReaders): (shape: string) => ValueReader {
  const readers = new Map<string, ValueReader>();
  const readerOf = (name: string): ValueReader => {
    const present = readers.get(name);
    if (present) return present;
    // A shape may contain itself: until its own reader is there, whoever asks gets one that looks it up when it runs.
    readers.set(name, (value, walk) => readers.get(name)?.(value, walk));
    const reader = compile(shapeOf(model, name), simple, (member) => readerOf(member.shape));
    readers.set(name, reader);
    return reader;
  };
  return readerOf;
}

function compile(shape: Shape, simple: SimpleReaders, readerOf: (member: Member) => ValueReader): ValueReader {
  if (isSimple(shape)) return simpleReader(simple[shape.kind]);
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
  members: ReadonlyMap<string, ValueReader>,
  required: readonly string[],
  isUnion: boolean,
): ValueReader {
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

function listReader(item: ValueReader): ValueReader {
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

function mapReader(read: ValueReader): ValueReader {
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

function simpleReader(read: ValueReader): ValueReader {
  return (value, walk) => (value === null ? undefined : read(value, walk));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !ArrayBuffer.isView(value) && !(value instanceof Date);
}

export function refuse(value: unknown, wanted: string, walk: Walk): never {
  throw serialization(`${tokenOf(value)} cannot be converted to ${wanted}`, walk);
}

/** Differs from AWS: names the path, which AWS leaves out. */
function serialization(what: string, walk: Walk): AwsError {
  const where = walk.path.length === 0 ? '' : ` (at ${walk.path.join('.').slice(0, 300)})`;
  return new AwsError('SerializationException', `${what}${where}`);
}

/** AWS's word for the token. */
function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'number') return 'NUMBER_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return 'START_OBJECT';
}
