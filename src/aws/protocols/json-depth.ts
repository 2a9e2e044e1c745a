/**
 * Whether JSON text nests deeper than `limit`. Asked before parsing: a body of nothing but brackets would become a
 * chain of arrays many times its size. Strings are jumped over, so long texts cost next to nothing.
 */
export function exceedsDepth(json: Uint8Array, limit: number): boolean {
  let depth = 0;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index];
    if (byte === quote) {
      index = endOfString(json, index + 1);
    } else if (byte === openBracket || byte === openBrace) {
      depth += 1;
      if (depth > limit) return true;
    } else if (byte === closeBracket || byte === closeBrace) {
      depth -= 1;
    }
  }
  return false;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Index of the quote that ends the string, or the end of the text. */
function endOfString(json: Uint8Array, start: number): number {
  let end = json.indexOf(quote, start);
  while (end !== -1) {
    let slashes = 0;
    while (end - 1 - slashes >= start && json[end - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
    end = json.indexOf(quote, end + 1);
  }
  return json.length;
}
