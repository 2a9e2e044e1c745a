import { assert } from '../../core/assert.ts';
import type { ListShape, MapShape, ServiceModel, Shape, SimpleShape, StructureShape } from '../model.ts';

/** The shape that a member refers to: a name that no shape has is a simple kind. */
export function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (shape) return shape;
  assert(isSimpleKind(name), `${name} is a shape of ${model.serviceId} or a simple kind`);
  return { kind: name };
}

export function isSimple(shape: Shape): shape is SimpleShape {
  return isSimpleKind(shape.kind);
}

export type CompoundShape = StructureShape | ListShape | MapShape;

function isSimpleKind(kind: string): kind is SimpleShape['kind'] {
  return Object.hasOwn(simpleKinds, kind);
}

const simpleKinds: Readonly<Record<SimpleShape['kind'], true>> = {
  string: true,
  integer: true,
  long: true,
  float: true,
  number: true,
  boolean: true,
  blob: true,
  timestamp: true,
  document: true,
};
