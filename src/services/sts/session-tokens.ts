import { decodeBase64, encodeBase64 } from '../../aws/protocols/base64.ts';
import type { Session } from '../../aws/session.ts';
import type { Hash, Random } from '../../world/world.ts';

/**
 * Temporary keys that nobody has to keep: the session token says for whom they are and until when, sealed, and the
 * access key and its secret follow from the token and the key it is sealed with. So giving them writes nothing (a
 * task's are given on the way to its agent), they outlive restarts, and they are forgotten by themselves.
 */
export interface SessionTokens {
  issue(sealKey: string, identity: SessionIdentity): TemporaryKeys;
  /** What the token stands for; undefined when it is not ours or the access key is not its own. */
  read(sealKey: string, accessKeyId: string, token: string): OpenedToken | undefined;
}

/** Who the keys make their holder. */
export interface SessionIdentity {
  readonly accountId: string;
  readonly arn: string;
  readonly userId: string;
  readonly session: Session;
}

export interface TemporaryKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface OpenedToken extends SessionIdentity {
  readonly secretAccessKey: string;
}

export function createSessionTokens(hash: Hash, random: Random): SessionTokens {
  const opened = new Map<
    string,
    { readonly sealKey: string; readonly accessKeyId: string; readonly token: OpenedToken }
  >();
  return {
    issue(sealKey, identity) {
      const body = new TextEncoder().encode(JSON.stringify({ ...identity, nonce: encodeBase64(random.bytes(9)) }));
      const seal = hash.hmacSha256(sealKey, labelled('token', body));
      const sealed = new Uint8Array(sealBytes + body.length);
      sealed.set(seal);
      sealed.set(body, sealBytes);
      return { ...keysOf(hash, sealKey, body), sessionToken: encodeBase64(sealed) };
    },
    read(sealKey, accessKeyId, token) {
      const known = opened.get(token);
      if (known?.sealKey === sealKey) return known.accessKeyId === accessKeyId ? known.token : undefined;
      const sealed = decodeBase64(token);
      if (!sealed || sealed.length <= sealBytes) return undefined;
      const body = sealed.subarray(sealBytes);
      const seal = hash.hmacSha256(sealKey, labelled('token', body));
      if (!hash.equal(seal, sealed.subarray(0, sealBytes))) return undefined;
      const keys = keysOf(hash, sealKey, body);
      // Sealed by us, so it has the form that we gave it.
      const identity = JSON.parse(new TextDecoder().decode(body)) as SessionIdentity;
      const read: OpenedToken = { ...identity, secretAccessKey: keys.secretAccessKey };
      if (opened.size >= openedLimit) opened.clear();
      opened.set(token, { sealKey, accessKeyId: keys.accessKeyId, token: read });
      return keys.accessKeyId === accessKeyId ? read : undefined;
    },
  };
}

const sealBytes = 32;
/** Tokens opened lately are kept open: most requests of a task come with the same one. */
const openedLimit = 2000;

function keysOf(hash: Hash, sealKey: string, body: Uint8Array): Omit<TemporaryKeys, 'sessionToken'> {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const id = hash.hmacSha256(sealKey, labelled('id', body)).subarray(0, 16);
  return {
    accessKeyId: `ASIA${Array.from(id, (byte) => letters[byte % 32]).join('')}`,
    secretAccessKey: encodeBase64(hash.hmacSha256(sealKey, labelled('secret', body))).slice(0, 40),
  };
}

/** What is derived for one use says nothing about what is derived for another. */
function labelled(use: 'token' | 'id' | 'secret', body: Uint8Array): Uint8Array {
  const label = new TextEncoder().encode(`longshore/${use}/`);
  const bytes = new Uint8Array(label.length + body.length);
  bytes.set(label);
  bytes.set(body, label.length);
  return bytes;
}
