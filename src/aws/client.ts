import { assert } from '../core/assert.ts';
import type { HttpAnswer, Net, Socket } from '../world/net.ts';
import type { Clock, Hash, Random } from '../world/world.ts';
import { AwsError } from './error.ts';
import { cborContentType } from './protocols/cbor.ts';
import { decodeCbor } from './protocols/cbor-decode.ts';
import { encodeCbor } from './protocols/cbor-encode.ts';
import { readXml } from './protocols/xml-reader.ts';
import { createSigner } from './signer.ts';

/**
 * Calls AWS's JSON APIs and opens its websockets, signed. Retrying is the caller's. Structurally the Backend of the
 * agent's contract. CloudWatch Logs is spoken to in CBOR, where a long text goes as it is: in JSON, quoting log lines and
 * reading them again costs more than all else that is done to them.
 */
export function createAwsClient(parts: AwsClientParts): AwsClient {
  const sign = createSigner(parts);
  const endpoint = parts.endpoint.replace(/\/+$/, '');
  return {
    region: parts.region,
    async call<Output extends object>(
      service: JsonService,
      operation: string,
      input: object,
      as?: Credentials,
      region?: string,
    ): Promise<Output> {
      const prefix = targetPrefixes[service];
      const isCbor = service === 'logs';
      const body = isCbor ? encodeCbor(input) : new TextEncoder().encode(JSON.stringify(input, dateAsSeconds));
      const headers = {
        host: hostOf(endpoint),
        ...(isCbor
          ? { 'content-type': cborContentType, 'smithy-protocol': 'rpc-v2-cbor' }
          : { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${prefix}.${operation}` }),
      };
      const url = isCbor ? `${endpoint}/service/${prefix}/operation/${operation}` : `${endpoint}/`;
      const other = { ...(as && { credentials: as }), ...(region !== undefined && { region }) };
      const signed = sign({ method: 'POST', url, headers, body, service, ...other });
      const answer = await parts.net.request({ method: 'POST', url, headers: signed, body, timeoutMs: callTimeoutMs });
      return readAnswer<Output>(answer, isCbor);
    },
    async getObject(bucket, key, as) {
      const path = `/${bucket}/${key.split('/').map(encodeSegment).join('/')}`;
      const url = `${endpoint}${path}`;
      const headers = { host: hostOf(endpoint), 'x-amz-content-sha256': parts.hash.sha256Hex('') };
      const signed = sign({ method: 'GET', url, headers, body: '', service: 's3', ...(as && { credentials: as }) });
      const answer = await parts.net.request({ method: 'GET', url, headers: signed, timeoutMs: callTimeoutMs });
      if (answer.status === 200) return answer.body;
      const text = new TextDecoder().decode(answer.body);
      const said = readXml(text)?.children ?? [];
      const member = (wanted: string): string | undefined => said.find(({ name }) => name === wanted)?.text;
      const code = member('Code') ?? `HTTP ${answer.status}`;
      throw new AwsError(code, member('Message') ?? text.slice(0, 500), { status: answer.status });
    },
    openSocket(url) {
      const plain = url.replace(/^ws/, 'http');
      const headers = sign({ method: 'GET', url: plain, headers: { host: hostOf(plain) }, body: '', service: 'ecs' });
      return parts.net.openSocket({ url: plain.replace(/^http/, 'ws'), headers });
    },
    signFrame(url, body) {
      const plain = url.replace(/^ws/, 'http');
      const signed = sign({ method: 'GET', url: plain, headers: { host: hostOf(plain) }, body, service: 'ecs' });
      const lines = [
        `Host: ${signed['host']}`,
        `X-Amz-Date: ${signed['x-amz-date']}`,
        ...(signed['x-amz-security-token'] ? [`X-Amz-Security-Token: ${signed['x-amz-security-token']}`] : []),
        `Authorization: ${signed['authorization']}`,
      ];
      return `${lines.join('\r\n')}\r\n\r\n`;
    },
  };
}

export interface AwsClientParts {
  readonly net: Net;
  readonly clock: Clock;
  readonly hash: Hash;
  readonly random: Random;
  /** Base URL, such as http://127.0.0.1:4566. */
  readonly endpoint: string;
  readonly region: string;
  /** Or what gives those of the moment, where they change while the client lives. */
  readonly credentials: Credentials | (() => Credentials);
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

export interface AwsClient {
  readonly region: string;
  /**
   * One call. Dates in `input` go out as epoch seconds; timestamps come back as epoch seconds, as they are on the wire.
   * Rejects with AwsError (code and status as answered) or, when no answer came, NetError. `Output` is what the caller
   * expects of the operation, such as the SDK's type of its answer; the server is trusted to keep to its model.
   * `as` signs with other keys than the client's own, `region` for another region.
   */
  call<Output extends object = Readonly<Record<string, unknown>>>(
    service: JsonService,
    operation: string,
    input: object,
    as?: Credentials,
    region?: string,
  ): Promise<Output>;
  /** All bytes of an object in S3. Rejects as `call` does. */
  getObject(bucket: string, key: string, as?: Credentials): Promise<Uint8Array>;
  /** Opens a signed websocket. Rejects with SocketRefused or NetError. */
  openSocket(url: string): Promise<Socket>;
  /** The signed pseudo-HTTP header block that goes before each TCS frame, ending in an empty line. */
  signFrame(url: string, body: string): string;
}

const targetPrefixes = {
  ecs: 'AmazonEC2ContainerServiceV20141113',
  logs: 'Logs_20140328',
  monitoring: 'GraniteServiceVersion20100801',
  ssm: 'AmazonSSM',
  secretsmanager: 'secretsmanager',
  ecr: 'AmazonEC2ContainerRegistry_V20150921',
} as const;
type JsonService = keyof typeof targetPrefixes;
const callTimeoutMs = 30_000;

function hostOf(url: string): string {
  const found = /^(https?):\/\/([^/?#]+)/.exec(url);
  assert(found, `${url} is an http URL`);
  const [, scheme, host = ''] = found;
  // The default port is not sent, so it is not signed.
  return host.replace(scheme === 'https' ? /:443$/ : /:80$/, '');
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function dateAsSeconds(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify has called Date.toJSON before it asks: the Date itself is in the holder.
  const held = typeof this === 'object' && this !== null ? Reflect.get(this, key) : undefined;
  return held instanceof Date ? held.getTime() / 1000 : value;
}

function readAnswer<Output extends object>(answer: HttpAnswer, isCbor: boolean): Output {
  const value = isCbor ? cborObject(answer.body) : parseObject(new TextDecoder().decode(answer.body));
  if (answer.status === 200 && value) return value as Output;
  const { __type: type, message, Message: oldMessage, ...members } = value ?? {};
  const code = typeof type === 'string' ? type.slice(type.lastIndexOf('#') + 1) : `HTTP ${answer.status}`;
  const said =
    typeof message === 'string' ? message : typeof oldMessage === 'string' ? oldMessage : shownOf(answer.body);
  throw new AwsError(code, said, { status: answer.status, members, requestId: answer.headers['x-amzn-requestid'] });
}

/** The beginning of what is no answer of a service. */
function shownOf(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, 500));
}

/** As `parseObject` does. */
function cborObject(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (body.length === 0) return {};
  try {
    const value = decodeCbor(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The JSON object in a body, {} in an empty one, or undefined when it is something else (a proxy's page). */
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
