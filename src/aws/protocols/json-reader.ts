import type { ServiceModel } from '../model.ts';
import { decodeBase64 } from './base64.ts';
import { createValueReaders, refuse, type SimpleReaders, type ValueReader } from './value-reader.ts';

/** Readers of values that JSON.parse gave. */
export function createJsonReaders(model: ServiceModel): (shape: string) => ValueReader {
  return createValueReaders(model, simpleReaders);
}

const simpleReaders: SimpleReaders = {
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
