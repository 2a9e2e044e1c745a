import { assert } from '../../core/assert.ts';
import type { Member, ServiceModel, Shape, SimpleShape } from '../model.ts';
import { encodeBase64 } from './base64.ts';
import { isSimple, shapeOf } from './shape.ts';

/** Turns a typed value into one that JSON.stringify writes as the wire wants it. */
export type JsonWriter = (value: unknown) => unknown;

/**
 * Writers of the shapes of one model, each compiled when it is first asked for. Only members that the model knows are
 * written, so that a record handed out whole tells nothing of its own. Undefined is left out; what is empty stays
 * (AWS answers `"host": {}`).
 */
export function createJsonWriters(model: ServiceModel): (shape: string) => JsonWriter {
  const writers = new Map<string, JsonWriter>();
  const writerOf = (name: string): JsonWriter => {
    const present = writers.get(name);
    if (present) return present;
    writers.set(name, (value) => writers.get(name)?.(value)); // while the shape compiles, which may contain itself
    const writer = compile(shapeOf(model, name), name, (member) => writerOf(member.shape));
    writers.set(name, writer);
    return writer;
  };
  return writerOf;
}

function compile(shape: Shape, name: string, writerOf: (member: Member) => JsonWriter): JsonWriter {
  if (isSimple(shape)) return simpleWriters[shape.kind] ?? asIs;
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return structureWriter(
        Object.entries(shape.members).map(([member, of]): readonly [string, JsonWriter] => [member, writerOf(of)]),
      );
    case 'list': {
      const item = writerOf(shape.member);
      if (item === asIs) return asIs;
      return (value) => {
        assert(Array.isArray(value), `${name} is an array`);
        return value.map((held) => item(held));
      };
    }
    case 'map': {
      const item = writerOf(shape.value);
      if (item === asIs) return asIs;
      return (value) => Object.fromEntries(entriesOf(value).map(([key, held]) => [key, item(held)]));
    }
  }
}

const simpleWriters: Readonly<Partial<Record<SimpleShape['kind'], JsonWriter>>> = {
  timestamp: (value) => {
    assert(value instanceof Date, 'a timestamp is a Date');
    return value.getTime() / 1000;
  },
  blob: (value) => {
    assert(value instanceof Uint8Array, 'a blob is bytes');
    return encodeBase64(value);
  },
};

function asIs(value: unknown): unknown {
  return value;
}

function structureWriter(members: readonly (readonly [name: string, writer: JsonWriter])[]): JsonWriter {
  return (value) => {
    assert(isObject(value), 'a structure is an object');
    const result: Record<string, unknown> = {};
    for (const [name, writer] of members) {
      const member = value[name];
      if (member !== undefined && member !== null) result[name] = writer === asIs ? member : writer(member);
    }
    return result;
  };
}

function entriesOf(value: unknown): [string, unknown][] {
  assert(isObject(value), 'a map is an object');
  return Object.entries(value).filter(([, held]) => held !== undefined);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
