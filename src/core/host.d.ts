// What every JavaScript host gives and what depends on neither time, chance nor I/O. The pure tsconfig sees only these:
// setTimeout, fetch, process, Buffer or crypto in pure code are type errors on purpose (they live behind world/).
declare class TextEncoder {
  encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number };
  encode(input?: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(input?: Uint8Array): string;
}
interface AbortSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(): void;
}
declare function encodeURIComponent(text: string): string;
declare function decodeURIComponent(text: string): string;
