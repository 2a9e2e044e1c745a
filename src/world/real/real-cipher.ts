import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Cipher } from '../world.ts';

const algorithm = 'aes-256-gcm';
const tagBytes = 16;

export function realCipher(): Cipher {
  return {
    seal(key, nonce, plaintext, context) {
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(context);
      return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    open(key, nonce, sealed, context) {
      if (sealed.length < tagBytes) return undefined;
      const end = sealed.length - tagBytes;
      const decipher = createDecipheriv(algorithm, key, nonce).setAAD(context).setAuthTag(sealed.subarray(end));
      const plaintext = decipher.update(sealed.subarray(0, end));
      try {
        return Buffer.concat([plaintext, decipher.final()]);
      } catch {
        return undefined; // the tag does not match: the only failure there is here
      }
    },
  };
}
