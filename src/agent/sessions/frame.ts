import type { Frame } from '../contract.ts';

/** One JSON frame of either session, or undefined when the text is none. */
export function parseFrame(text: string): Frame<string, object> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
      return undefined;
    }
    const message = 'message' in value && typeof value.message === 'object' && value.message ? value.message : {};
    return { type: value.type, message };
  } catch {
    return undefined; // not JSON
  }
}
