import { assert } from '../../core/assert.ts';
import { AwsError } from '../error.ts';
import type { ServiceModel, StructureShape } from '../model.ts';
import { crc32 } from './crc32.ts';
import type { ValueWriter } from './value-writer.ts';

/**
 * An output whose member `streaming` is an AsyncIterable of events, as application/vnd.amazon.eventstream: first the
 * rest of the output (`initial-response`), then a frame per event. An AwsError thrown by the iteration ends the stream
 * with an exception frame; anything else breaks the connection, which is how a client learns that we failed.
 */
export async function* eventStream(
  stream: StreamMember,
  output: unknown,
  writeInitial: ValueWriter,
  writerOf: (shape: string) => ValueWriter,
): AsyncIterable<Uint8Array> {
  assert(typeof output === 'object' && output !== null, 'an output with an event stream is an object');
  const { [stream.name]: events, ...initial }: Readonly<Record<string, unknown>> = { ...output };
  assert(isAsyncIterable(events), `${stream.name} is an AsyncIterable of events`);
  const initialResponse = { ':message-type': 'event', ':event-type': 'initial-response', ...jsonContent };
  yield frame(initialResponse, JSON.stringify(writeInitial(initial)));
  try {
    for await (const event of events) {
      assert(typeof event === 'object' && event !== null, 'an event is an object of one member');
      const [type = '', payload] = Object.entries(event)[0] ?? [];
      const shape = stream.events.members[type]?.shape;
      assert(shape !== undefined, `event ${type} is in the model`);
      const body = JSON.stringify(writerOf(shape)(payload));
      yield frame({ ':message-type': 'event', ':event-type': type, ...jsonContent }, body);
    }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const headers = { ':message-type': 'exception', ':exception-type': error.code, ...jsonContent };
    yield frame(headers, JSON.stringify({ message: error.message }));
  }
}

export interface StreamMember {
  readonly name: string;
  readonly events: StructureShape;
}

/** The member of an output structure that is an event stream, where there is one. */
export function streamMember(model: ServiceModel, output: string): StreamMember | undefined {
  const shape = model.shapes[output];
  if (!shape || !('members' in shape)) return undefined;
  for (const [name, member] of Object.entries(shape.members)) {
    const events = model.shapes[member.shape];
    if (events?.kind === 'union' && events.streaming) return { name, events };
  }
  return undefined;
}

const jsonContent = { ':content-type': 'application/json' } as const;

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

const stringHeader = 7;

/** Lengths, their CRC, headers, payload, CRC of all before; big-endian. */
export function frame(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const encoder = new TextEncoder();
  const body = encoder.encode(payload);
  const fields = Object.entries(headers).map(([name, value]) => [encoder.encode(name), encoder.encode(value)] as const);
  const headerBytes = fields.reduce((sum, [name, value]) => sum + 1 + name.length + 1 + 2 + value.length, 0);
  const total = 12 + headerBytes + body.length + 4;
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, total);
  view.setUint32(4, headerBytes);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  let at = 12;
  for (const [name, value] of fields) {
    bytes[at] = name.length;
    bytes.set(name, at + 1);
    bytes[at + 1 + name.length] = stringHeader;
    view.setUint16(at + 2 + name.length, value.length);
    bytes.set(value, at + 4 + name.length);
    at += 4 + name.length + value.length;
  }
  bytes.set(body, at);
  view.setUint32(total - 4, crc32(bytes.subarray(0, total - 4)));
  return bytes;
}
