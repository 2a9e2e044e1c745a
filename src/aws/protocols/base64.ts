/** Standard base64 with padding (RFC 4648 section 4): how JSON and XML carry bytes. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const first = bytes[index] ?? 0;
    const second = bytes[index + 1];
    const third = bytes[index + 2];
    const bits = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    text += digits.charAt(bits >> 18) + digits.charAt((bits >> 12) & 63);
    text += second === undefined ? '=' : digits.charAt((bits >> 6) & 63);
    text += third === undefined ? '=' : digits.charAt(bits & 63);
  }
  return text;
}

/** The bytes, or undefined when the text is not base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let written = 0;
  for (let index = 0; index < text.length; index += 4) {
    let bits = 0;
    for (let digit = 0; digit < 4; digit += 1)
      bits = (bits << 6) | Math.max(0, digits.indexOf(text.charAt(index + digit)));
    for (const shift of [16, 8, 0]) {
      if (written < bytes.length) bytes[written] = (bits >> shift) & 255;
      written += 1;
    }
  }
  return bytes;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
