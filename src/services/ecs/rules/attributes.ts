import type { Attribute } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';
import { limits } from './limits.ts';
import { invalid, notOneOf, type Refusal } from './refusal.ts';

/** What is wrong with attributes that a caller puts or deletes. */
export function* attributeRefusals(attributes: readonly Kept<Attribute>[]): Generator<Refusal> {
  if (attributes.length === 0) yield invalid('Attributes cannot be empty.');
  if (attributes.length > limits.attributesPerCall) {
    yield invalid(`A request can have at most ${limits.attributesPerCall} attributes.`);
  }
  for (const { name, value, targetType } of attributes) {
    yield* notOneOf('targetType', targetType, ['container-instance']);
    if (!/^[A-Za-z0-9_/\\.-]{1,128}$/.test(name)) yield invalid(`Invalid attribute name '${name}'.`);
    if (value !== undefined && !/^(?! )[A-Za-z0-9_.@/\\: -]{1,128}(?<! )$/.test(value)) {
      yield invalid(`Invalid value '${value}' of attribute '${name}'.`);
    }
  }
}

/** What agents tell of themselves does not count against the limit of custom attributes. */
export function isCustomAttribute(attribute: Kept<Attribute>): boolean {
  return !/^(ecs|com\.amazonaws\.ecs|longshore)\./.test(attribute.name);
}
