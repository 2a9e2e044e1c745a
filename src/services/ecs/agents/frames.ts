/** Frames of both agent websockets: text, one JSON object each. What a peer sends is checked here and trusted inside. */
import { asUuid, hex } from '../../../core/hex.ts';
import type { Random } from '../../../world/world.ts';
import type { Frame } from '../../../agent/contract.ts';

/** The frame, or undefined when the text is none. */
export function parseFrame(data: string | Uint8Array): Frame<string, JsonObject> | undefined {
  const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // the caller says what it does about it
  }
  if (!isObject(value) || typeof value['type'] !== 'string') return undefined;
  return { type: value['type'], message: objectIn(value, 'message') };
}

/**
 * The JSON after the block of signed pseudo-HTTP headers that the agent puts before every telemetry frame. The block is
 * not verified again: the socket itself was opened with a verified signature and nobody else can write to it.
 */
export function withoutHeaderBlock(data: string | Uint8Array): string {
  const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
  if (text.startsWith('{')) return text;
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? text : text.slice(end + 4);
}

export function writeFrame<Message extends object>(type: string, message: Message): string {
  return JSON.stringify({ type, message });
}

export function newMessageId(random: Random): string {
  return asUuid(hex(random.bytes(16)));
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is to be an object; an empty one when it is anything else. */
export function objectIn(holder: JsonObject, name: string): JsonObject {
  const value = holder[name];
  return isObject(value) ? value : {};
}

/** The objects in a member that is to be a list of objects. */
export function objectsIn(holder: JsonObject, name: string): readonly JsonObject[] {
  const value = holder[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textIn(holder: JsonObject, name: string): string | undefined {
  const value = holder[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberIn(holder: JsonObject, name: string): number | undefined {
  const value = holder[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
