/** ECR and its registry over a simulated disk and journal, for the tests of this folder. Holds no test of its own. */
import type { Answer, Call, Operation, Parsed } from '../../aws/operation.ts';
import { createBlobFiles } from '../../dataplane/registry/blob-files.ts';
import type { BlobFiles, Digest } from '../../dataplane/registry/contract.ts';
import { createRegistry } from '../../dataplane/registry/registry-handler.ts';
import type { Store } from '../../store/store.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimDisk } from '../../world/sim/sim-disk.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimLife } from '../../world/sim/sim-life.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { openSimStore } from '../../world/sim/sim-store.ts';
import type { HttpResponse } from '../../world/net.ts';
import { addLayer } from './layer-writes.ts';
import type { EcrParts } from './parts.ts';
import { createRegistryState } from './registry-state.ts';
import { ecrService } from './service.ts';
import { createUploadId, setUpTokenKey } from './tokens.ts';

export const accountId = '000000000000';
export const root = { arn: `arn:aws:iam::${accountId}:root`, accountId, accessKeyId: 'A', userId: accountId };

export interface OpenEcr {
  readonly store: Store;
  readonly clock: SimClock;
  readonly disk: SimDisk;
  readonly files: BlobFiles;
  readonly parts: EcrParts;
  /** Runs an operation as root. */
  run<Input, Output>(operation: Operation<Input, Output, EcrParts>, input: Parsed<Input>): Promise<Answer<Output>>;
  /** A request of the registry; `password` undefined sends no credentials. */
  registry(
    method: string,
    path: string,
    options?: RegistryOptions,
  ): Promise<{ readonly status: number; readonly body: string; readonly headers: HttpResponse['headers'] }>;
  pushLayer(repositoryId: string, content: string): Promise<Digest>;
}

export interface RegistryOptions {
  readonly password?: string | undefined;
  readonly body?: string;
  readonly contentType?: string;
  readonly host?: string;
}

export async function openEcr(
  options: Partial<Pick<EcrParts, 'net' | 'authorizer' | 'imagesInUse'>> = {},
): Promise<OpenEcr> {
  const clock = new SimClock({ dueRunsByItself: true });
  const random = new SimRandom(7);
  const log = new SimLog(clock);
  const disk = new SimDisk(random.fork('disk'));
  const files = createBlobFiles({ disk: disk.as(new SimLife(clock, 'server')), hash: simHash, directory: '/images' });
  const parts: EcrParts = { files, clock, random, hash: simHash, log, ...options };
  const service = ecrService(parts);
  const { store } = await openSimStore({ tables: service.tables, projections: service.projections, clock });
  await store.update((tx, env) => setUpTokenKey(tx, env));
  const handle = createRegistry({
    state: createRegistryState({ ...parts, store, region: 'us-east-1' }),
    files,
    hash: simHash,
    log,
  });
  const call = (): Call => ({
    accountId,
    region: 'us-east-1',
    requestId: 'request',
    service: 'ecr',
    operation: '',
    principal: root,
    endpoint: 'http://127.0.0.1:4566',
    sourceAddress: '127.0.0.1',
    receivedAt: clock.now(),
  });
  return {
    store,
    clock,
    disk,
    files,
    parts,
    run: async (operation, input) => await operation(input, { call: call(), store, parts }),
    async registry(method, path, { password, body = '', contentType, host = 'localhost:4566' } = {}) {
      const bytes = new TextEncoder().encode(body);
      const answer = await handle({
        method,
        target: `/v2/${path}`,
        headers: [
          ['Host', host],
          ['Content-Length', String(bytes.length)],
          ...(password === undefined ? [] : ([['Authorization', `Bearer ${password}`]] as const)),
          ...(contentType === undefined ? [] : ([['Content-Type', contentType]] as const)),
        ],
        remoteAddress: '127.0.0.1',
        body: {
          read: (limit) => Promise.resolve(bytes.length > limit ? undefined : bytes),
          stream: () => once(bytes),
        },
      });
      return { status: answer.status, headers: answer.headers, body: await textOf(answer.body) };
    },
    async pushLayer(repositoryId, content) {
      const uploadId = store.view((reader) => createUploadId(reader, simHash, random, repositoryId, clock.now()));
      const digest: Digest = `sha256:${simHash.sha256Hex(content)}`;
      await files.beginUpload(uploadId);
      await files.append(uploadId, once(new TextEncoder().encode(content)));
      await files.finishUpload(uploadId, digest, (sizeBytes) => addLayer(store, repositoryId, digest, sizeBytes));
      return digest;
    },
  };
}

async function textOf(body: HttpResponse['body']): Promise<string> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  let text = '';
  for await (const part of body) text += new TextDecoder().decode(part);
  return text;
}

// oxlint-disable-next-line require-await -- a stream of one part
async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** The manifest of an image over layers of these contents, the first of them its configuration. */
export function manifestOf(contents: readonly string[], rest: object = {}): string {
  const descriptors = contents.map((content) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: `sha256:${simHash.sha256Hex(content)}`,
    size: content.length,
  }));
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptors[0],
    layers: descriptors.slice(1),
    ...rest,
  });
}
