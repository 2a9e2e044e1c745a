import { createSign, generateKeyPairSync } from 'node:crypto';

/** A certificate of an IPv4 address that is signed by itself, and its key, as PEM. */
export function selfSignedCertificate(
  address: string,
  days: number,
): { readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId('06082a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(der(0x31, sequence(objectId('0603550403'), der(0x0c, Buffer.from('Longshore')))));
  const day = 24 * 3600_000;
  const time = (ms: number): Buffer =>
    der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]|^20|\.\d+/g, '')}`));
  const extension = (id: string, value: Buffer): Buffer => sequence(objectId(id), der(0x04, value));
  const isAuthority = extension('0603551d13', sequence(Buffer.from('0101ff', 'hex')));
  const isFor = extension('0603551d11', sequence(der(0x87, Buffer.from(address.split('.').map(Number)))));
  const body = sequence(
    der(0xa0, Buffer.from('020102', 'hex')), // version 3
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time(Date.now() - day), time(Date.now() + days * day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(isAuthority, isFor)),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const whole = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/** One element of DER: its tag, the length of what is in it, and that. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}
