import { assert } from '../../core/assert.ts';
import type { Member, ServiceModel, Shape, SimpleShape } from '../model.ts';
import { isSimple, shapeOf } from './shape.ts';

/** Turns a typed value into one that a protocol's encoder writes as the wire wants it. */
export type ValueWriter = (value: unknown) => unknown;

/** What a protocol's encoder does not write by itself; a kind that is absent goes out as it is. */
export type SimpleWriters = Readonly<Partial<Record<SimpleShape['kind'], ValueWriter>>>;

/**
 * Writers of the shapes of one model, each compiled when it is first asked for. Only members that the model knows are
 * written, so that a record handed out whole tells nothing of its own. Undefined is left out; what is empty stays
 * (AWS answers `"host": {}`).
 */
export function createValueWriters(model: ServiceModel, simple: SimpleWriters): (shape: string) => ValueWriter {
  const writers = new Map<string, ValueWriter>();
  const writerOf = (name: string): ValueWriter => {
    const present = writers.get(name);
    if (present) return present;
    writers.set(name, (value) => writers.get(name)?.(value)); // while the shape compiles, which may contain itself
    const writer = compile(shapeOf(model, name), name, simple, (member) => writerOf(member.shape));
    writers.set(name, writer);
    return writer;
  };
  return writerOf;
}

function compile(
  shape: Shape,
  name: string,
  simple: SimpleWriters,
  writerOf: (member: Member) => ValueWriter,
): ValueWriter {
  if (isSimple(shape)) return simple[shape.kind] ?? asIs;
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return structureWriter(
        Object.entries(shape.members).map(([member, of]): readonly [string, ValueWriter] => [member, writerOf(of)]),
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

function asIs(value: unknown): unknown {
  return value;
}

function structureWriter(members: readonly (readonly [name: string, writer: ValueWriter])[]): ValueWriter {
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
