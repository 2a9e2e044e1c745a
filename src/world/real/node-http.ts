/**
 * node:http and node:https, not by import: an import of node:http reads all its exports, and one of them is a getter
 * that loads Node's whole fetch client, 30 ms and 15 MiB at every start for what Longshore never uses.
 */
export const http = process.getBuiltinModule('node:http');

/** A function, because TLS costs a start more than most of our own modules, and most runs never dial with it. */
export function https(): typeof import('node:https') {
  return process.getBuiltinModule('node:https');
}
