import { isDigest } from '../../../dataplane/registry/contract.ts';
import { invalidManifest } from '../errors.ts';
import { limits } from './limits.ts';

/** A manifest as the registry reads it: what it holds by digest. The bytes themselves are never changed. */
export interface Manifest {
  readonly mediaType: string;
  readonly artifactType?: string;
  /** The configuration and the layers. */
  readonly blobs: readonly Descriptor[];
  /** The manifests of an index. */
  readonly children: readonly Descriptor[];
  readonly subject?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Descriptor {
  readonly digest: string;
  readonly sizeBytes: number;
  /** Bytes that are elsewhere, as layers of Windows were: the repository need not have them. */
  readonly isForeign: boolean;
}

export const mediaTypes = {
  dockerImage: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  ociImage: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
} as const;

const imageTypes: readonly string[] = [mediaTypes.dockerImage, mediaTypes.ociImage];
const indexTypes: readonly string[] = [mediaTypes.dockerList, mediaTypes.ociIndex];

/**
 * Reads a manifest that came under a media type, or under none, in which case it tells itself. Throws
 * InvalidParameterException. A manifest that says another type than it comes under is refused: two clients could take
 * the same bytes for two things (CVE-2021-41190).
 */
export function readManifest(text: string, contentType: string | undefined): Manifest {
  const manifest = parseObject(text);
  const inside = manifest['mediaType'];
  if (inside !== undefined && typeof inside !== 'string') throw invalidManifest('mediaType is no string');
  const given = contentType?.split(';', 1)[0]?.trim();
  const isGeneric = given === undefined || given === '' || given === 'application/json';
  const mediaType = isGeneric ? (inside ?? ociTypeOf(manifest)) : given;
  if (inside !== undefined && inside !== mediaType) {
    throw invalidManifest(`it says that it is ${inside}, and comes as ${mediaType}`);
  }
  if (manifest['schemaVersion'] !== 2) throw invalidManifest('schemaVersion is not 2');
  if (imageTypes.includes(mediaType)) return readImage(manifest, mediaType);
  if (indexTypes.includes(mediaType)) return readIndex(manifest, mediaType);
  throw invalidManifest(`the media type ${mediaType.slice(0, 200)} is not supported`);
}

export function isIndexType(mediaType: string): boolean {
  return indexTypes.includes(mediaType);
}

type Json = Readonly<Record<string, unknown>>;

function parseObject(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidManifest('it is no JSON');
  }
  if (!isObject(value)) throw invalidManifest('it is no JSON object');
  return value;
}

/** OCI manifests may leave their type out. */
function ociTypeOf(manifest: Json): string {
  return Array.isArray(manifest['manifests']) ? mediaTypes.ociIndex : mediaTypes.ociImage;
}

function readImage(manifest: Json, mediaType: string): Manifest {
  if (manifest['manifests'] !== undefined) throw invalidManifest('an image has no manifests');
  const { layers = [], config } = manifest;
  if (!Array.isArray(layers)) throw invalidManifest('layers is no list');
  if (layers.length > limits.manifestLayers) throw invalidManifest(`it has more than ${limits.manifestLayers} layers`);
  const configuration = readDescriptor(config, 'config');
  const configType = isObject(config) && typeof config['mediaType'] === 'string' ? config['mediaType'] : undefined;
  const artifactType = readText(manifest, 'artifactType') ?? configType;
  return {
    mediaType,
    blobs: [configuration, ...layers.map((layer, index) => readDescriptor(layer, `layers.${index}`))],
    children: [],
    ...(artifactType === undefined ? {} : { artifactType }),
    ...readRest(manifest),
  };
}

function readIndex(manifest: Json, mediaType: string): Manifest {
  if (manifest['layers'] !== undefined || manifest['config'] !== undefined) {
    throw invalidManifest('an index has neither layers nor a config');
  }
  const { manifests } = manifest;
  if (!Array.isArray(manifests)) throw invalidManifest('manifests is no list');
  if (manifests.length > limits.manifestLayers)
    throw invalidManifest(`it has more than ${limits.manifestLayers} manifests`);
  const artifactType = readText(manifest, 'artifactType');
  return {
    mediaType,
    blobs: [],
    children: manifests.map((child, index) => readDescriptor(child, `manifests.${index}`)),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...readRest(manifest),
  };
}

function readRest(manifest: Json): Pick<Manifest, 'subject' | 'annotations'> {
  const { subject, annotations } = manifest;
  return {
    ...(subject === undefined || subject === null ? {} : { subject: readDescriptor(subject, 'subject').digest }),
    ...(isObject(annotations) ? { annotations: readAnnotations(annotations) } : {}),
  };
}

function readAnnotations(annotations: Json): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(annotations)) {
    if (typeof value !== 'string') throw invalidManifest(`the annotation ${name.slice(0, 100)} is no string`);
    bytes += name.length + value.length;
    if (bytes <= limits.annotationBytes) kept[name] = value;
  }
  return kept;
}

function readDescriptor(value: unknown, where: string): Descriptor {
  if (!isObject(value)) throw invalidManifest(`${where} is no descriptor`);
  const { digest, size, urls } = value;
  if (typeof digest !== 'string' || !isDigest(digest)) throw invalidManifest(`${where} has no digest of sha256`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalidManifest(`${where} has no size`);
  return { digest, sizeBytes: size, isForeign: Array.isArray(urls) && urls.length > 0 };
}

function readText(object: Json, name: string): string | undefined {
  const value = object[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string' || value.length > 255)
    throw invalidManifest(`${name} is no string of up to 255 characters`);
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
