import { createHash } from 'node:crypto';
import { clientOf } from '../running/cluster.ts';
import { type ControlPlane, startControlPlane } from '../running/control-plane.ts';

/** A server with a repository, as a client of the OCI distribution specification sees it. No engine is needed. */
export interface OciRegistry {
  readonly server: ControlPlane;
  readonly endpoint: string;
  /** What `docker login` is given, as a header. */
  readonly authorization: string;
  /** A request with credentials; `path` begins after /v2/. */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
  /** Pushes a blob whole and gives its digest. */
  pushBlob(repository: string, content: string | Uint8Array): Promise<string>;
  /** Pushes a manifest and gives its digest. */
  pushManifest(repository: string, reference: string, manifest: object): Promise<string>;
  createRepository(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

export const imageType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';
export const emptyDescriptor = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
} as const;

export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** A descriptor of a blob that was pushed. */
export function layer(content: string): { readonly mediaType: string; readonly digest: string; readonly size: number } {
  return {
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    digest: digestOf(content),
    size: Buffer.byteLength(content),
  };
}

/** An image manifest over the empty configuration. */
export function imageOf(layers: readonly object[], rest: object = {}): object {
  return { schemaVersion: 2, mediaType: imageType, config: emptyDescriptor, layers, ...rest };
}

export async function startOciRegistry(repositories: readonly string[]): Promise<OciRegistry> {
  const server = await startControlPlane();
  const client = clientOf(server);
  const { authorizationData } = await client.call<{
    readonly authorizationData: readonly { readonly authorizationToken: string }[];
  }>('ecr', 'GetAuthorizationToken', {});
  const authorization = `Basic ${authorizationData[0]?.authorizationToken ?? ''}`;
  const createRepository = async (repositoryName: string): Promise<void> => {
    await client.call('ecr', 'CreateRepository', { repositoryName });
  };
  for (const name of repositories) await createRepository(name);

  const request: OciRegistry['request'] = (method, path, options = {}) =>
    fetch(`${server.endpoint}/v2/${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization, ...options.headers },
      ...(options.body === undefined ? {} : { body: options.body }),
    });
  return {
    server,
    endpoint: server.endpoint,
    authorization,
    request,
    createRepository,
    async pushBlob(repository, content) {
      const digest = digestOf(content);
      const answer = await request('POST', `${repository}/blobs/uploads/?digest=${digest}`, {
        headers: { 'content-type': 'application/octet-stream' },
        body: typeof content === 'string' ? content : Uint8Array.from(content),
      });
      if (answer.status !== 201) throw new Error(`the blob was answered with ${answer.status}: ${await answer.text()}`);
      return digest;
    },
    async pushManifest(repository, reference, manifest) {
      const body = JSON.stringify(manifest);
      const mediaType = 'mediaType' in manifest ? String(manifest.mediaType) : imageType;
      const answer = await request('PUT', `${repository}/manifests/${reference}`, {
        headers: { 'content-type': mediaType },
        body,
      });
      if (answer.status !== 201)
        throw new Error(`the manifest was answered with ${answer.status}: ${await answer.text()}`);
      return digestOf(body);
    },
    close: () => server.end(),
  };
}

/** The code of the first error of an answer, as the specification shapes it. */
export async function errorCode(answer: Response): Promise<string> {
  const body: unknown = await answer.json();
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return typeof first === 'object' && first !== null && 'code' in first ? String(first.code) : '';
}

/** The body as JSON, read as what the specification says it is. */
export async function jsonOf<Body>(answer: Response | Promise<Response>): Promise<Body> {
  return (await (await answer).json()) as Body;
}
