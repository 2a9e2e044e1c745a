import type { Scale } from '@aws-sdk/client-ecs';
import type { Kept } from '../tables.ts';
import { invalid, notOneOf, type Refusal } from './refusal.ts';

/** What is wrong with the share of its service's tasks that a task set is to have. */
export function* scaleRefusals({ value = 0, unit }: Kept<Scale>): Generator<Refusal> {
  yield* notOneOf('unit', unit, ['PERCENT']);
  if (!(value >= 0 && value <= 100)) yield invalid(`Scale value must be between 0 and 100, not ${value}.`);
}

/** The scale as AWS shows it, members written out. */
export function keptScale({ value = 0, unit = 'PERCENT' }: Kept<Scale>): Kept<Scale> {
  return { value, unit };
}
