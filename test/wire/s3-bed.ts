import { SignatureV4 } from '@smithy/signature-v4';
import type { AccessKey } from '../../src/aws/access-keys.ts';
import { bindService } from '../../src/aws/bound-service.ts';
import { createGateway } from '../../src/aws/gateway.ts';
import { createObjectFiles } from '../../src/dataplane/object-files/object-files.ts';
import type { ObjectFiles } from '../../src/dataplane/object-files/contract.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import { startContentKeeper } from '../../src/services/s3/content-keeper.ts';
import { s3Service } from '../../src/services/s3/service.ts';
import type { Store } from '../../src/store/store.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import { SimClock } from '../../src/world/sim/sim-clock.ts';
import { SimDisk } from '../../src/world/sim/sim-disk.ts';
import { SimLife } from '../../src/world/sim/sim-life.ts';
import { SimLog } from '../../src/world/sim/sim-log.ts';
import { openSimStore } from '../../src/world/sim/sim-store.ts';
import type { HttpHandler, HttpResponse } from '../../src/world/net.ts';
import { credentials, rawRequest, region, root, textOf } from './bed.ts';
import { Sha256 } from './node-sha256.ts';

/** The S3 that is shipped behind a gateway, on a simulated disk. */
export async function openS3(): Promise<S3Bed> {
  const clock = new SimClock({ dueRunsByItself: true, startAt: Date.UTC(2026, 10, 22, 12) });
  const log = new SimLog(clock);
  const hash = realHash();
  const service = s3Service({ files: undefined as never, hash, clock, log });
  const opened = await openSimStore({
    tables: service.tables,
    projections: service.projections,
    derivations: service.derivations ?? [],
    clock,
  });
  const disk = new SimDisk(opened.random);
  const files = createObjectFiles({
    disk: disk.as(new SimLife(clock, 'server')),
    hash,
    random: opened.random,
    directory: '/objects',
  });
  const keys = new Map<string, AccessKey>([
    [credentials.accessKeyId, { secretAccessKey: credentials.secretAccessKey, principal: root }],
  ]);
  const handler = createGateway({
    clock,
    random: opened.random,
    hash,
    log,
    store: opened.store,
    services: [bindService(s3Service({ files, hash, clock, log }))],
    accessKeys: { find: (id, token) => (token === undefined ? keys.get(id) : undefined) },
    authorizer: createAuthorizer(),
    region,
    allowedHosts: ['127.0.0.1', 'longshore.example'],
    routes: new Map(),
  });
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false });
  const sign = async (request: S3Request): Promise<Readonly<Record<string, string>>> => {
    const signed = await signer.sign(
      {
        method: request.method,
        protocol: 'http:',
        hostname: request.host ?? 'localhost',
        path: request.path,
        query: Object.fromEntries(new URLSearchParams(request.query ?? '')),
        headers: { host: request.host ?? 'localhost', ...request.headers },
        body: request.body,
      },
      { signingDate: request.signedAt ?? new Date(clock.now()) },
    );
    return signed.headers;
  };
  const send = (request: S3Request, headers: Readonly<Record<string, string>>): Promise<HttpResponse> => {
    const target = request.query === undefined ? request.path : `${request.path}?${request.query}`;
    const length = {
      'content-length': String(new TextEncoder().encode(request.sentBody ?? request.body ?? '').length),
    };
    const all = Object.entries({ ...(headers['transfer-encoding'] === undefined && length), ...headers });
    return handler.request(rawRequest(request.method, target, all, request.sentBody ?? request.body ?? ''));
  };
  return {
    handler,
    clock,
    store: opened.store,
    disk,
    files,
    log,
    signer,
    sign,
    send,
    call: async (request) => send(request, await sign(request)),
    startKeeper: () => startContentKeeper(opened.store, { files, clock, log }),
  };
}

export interface S3Request {
  readonly method: string;
  /** As it stands in the request. */
  readonly path: string;
  readonly query?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is signed. */
  readonly body?: string;
  /** What is sent, where it is another. */
  readonly sentBody?: string;
  readonly signedAt?: Date;
}

export interface S3Bed {
  readonly handler: HttpHandler;
  readonly clock: SimClock;
  readonly store: Store;
  readonly disk: SimDisk;
  readonly files: ObjectFiles;
  readonly log: SimLog;
  readonly signer: SignatureV4;
  readonly sign: (request: S3Request) => Promise<Readonly<Record<string, string>>>;
  readonly send: (request: S3Request, headers: Readonly<Record<string, string>>) => Promise<HttpResponse>;
  /** Signs and sends. */
  readonly call: (request: S3Request) => Promise<HttpResponse>;
  readonly startKeeper: () => () => Promise<void>;
}

/** Status and code of an error's answer. */
export async function refusalOf(answer: HttpResponse): Promise<string> {
  const text = await textOf(answer);
  return `${answer.status} ${/<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? ''}`;
}
