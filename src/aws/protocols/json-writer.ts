import { assert } from '../../core/assert.ts';
import type { ServiceModel } from '../model.ts';
import { encodeBase64 } from './base64.ts';
import { createValueWriters, type SimpleWriters, type ValueWriter } from './value-writer.ts';

/** Writers of values that JSON.stringify writes as the wire wants them. */
export function createJsonWriters(model: ServiceModel): (shape: string) => ValueWriter {
  return createValueWriters(model, simpleWriters);
}

const simpleWriters: SimpleWriters = {
  timestamp: (value) => {
    assert(value instanceof Date, 'a timestamp is a Date');
    return value.getTime() / 1000;
  },
  blob: (value) => {
    assert(value instanceof Uint8Array, 'a blob is bytes');
    return encodeBase64(value);
  },
};
