import { AwsError } from '../error.ts';
import {
  type ClaimedService,
  json10,
  json11,
  type LoadedService,
  type LoadedServices,
  type SpokenFamily,
} from '../loaded-services.ts';
import { cborContentType } from '../protocols/cbor.ts';
import { readPairs, type RequestHead } from '../request-head.ts';
import { scopeService } from '../sigv4.ts';
import { bucketOfHost } from '../s3-address.ts';
import { refusal } from './refusal.ts';

/** Which protocol a request speaks, by its head alone. Everything that follows answers in it. */
export interface Spoken {
  readonly family: SpokenFamily;
  readonly contentType: string;
  /** JSON and CBOR: the service's long name and the operation. */
  readonly target: { readonly prefix: string; readonly operation: string } | undefined;
  /** REST: the service, by the signature's scope or the host. */
  readonly service?: string;
}

/**
 * Browsers send text/plain, forms and multipart to any address without asking first. No JSON API takes them, so that
 * a page cannot even make us read its bytes as a request.
 */
export function readSpoken(head: RequestHead, services: LoadedServices, hosts: ReadonlySet<string>): Spoken {
  const rest = readRest(head, services, hosts);
  if (rest) return rest;
  if (head.headers.get('smithy-protocol') === 'rpc-v2-cbor') {
    const [, prefix, operation] = cborPath.exec(head.path) ?? [];
    const named = prefix !== undefined && operation !== undefined;
    return { family: 'cbor', contentType: cborContentType, target: named ? { prefix, operation } : undefined };
  }
  const contentType = (head.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const target = head.headers.get('x-amz-target');
  const isForm = contentType === 'application/x-www-form-urlencoded';
  // A presigned URL holds all parameters and may be fetched with either method.
  if (target === undefined && (isForm || /(^|&)Action=/.test(head.query))) {
    return { family: 'query', contentType: 'text/xml', target: undefined };
  }
  const dot = target?.indexOf('.') ?? -1;
  return {
    family: 'json',
    contentType: contentType === json10 ? json10 : json11,
    target:
      target === undefined || dot === -1
        ? undefined
        : { prefix: target.slice(0, dot), operation: target.slice(dot + 1) },
  };
}

/**
 * A REST service is named by the signature alone, the others by more than it. What nobody signed is S3's where only S3
 * has such addresses: those of buckets, of old presigned URLs, and paths at all.
 */
function readRest(head: RequestHead, services: LoadedServices, hosts: ReadonlySet<string>): Spoken | undefined {
  if (services.rest.size === 0) return undefined;
  const service = scopeService(head) ?? (isUnsignedS3(head, hosts) ? 's3' : undefined);
  const family = service === undefined ? undefined : services.rest.get(service);
  if (service === undefined || family === undefined) return undefined;
  return { family, contentType: 'application/xml', target: undefined, service };
}

function isUnsignedS3(head: RequestHead, hosts: ReadonlySet<string>): boolean {
  if (/(^|&)AWSAccessKeyId=/.test(head.query)) return true;
  if (head.headers.has('x-amz-target') || head.headers.has('smithy-protocol')) return false;
  return head.path !== '/' || bucketOfHost(head.headers.get('host') ?? '', hosts) !== undefined;
}

const cborPath = /^\/service\/([A-Za-z0-9_]+)\/operation\/([A-Za-z0-9_]+)$/;

/** Refuses what no AWS protocol of ours is: other paths, methods, content types and encodings. */
export function checkForm(head: RequestHead, spoken: Spoken): void {
  if (spoken.service !== undefined) return; // any path, method and content
  const hasPath = spoken.family === 'cbor' ? spoken.target !== undefined : head.path === '/';
  if (!hasPath) {
    throw new AwsError('UnknownOperationException', `There is nothing at ${head.path.slice(0, 200)}.`, { status: 404 });
  }
  const methods = spoken.family === 'query' ? queryMethods : postOnly;
  if (!methods.includes(head.method)) {
    throw new AwsError('UnknownOperationException', `The method ${head.method} is not one of this protocol.`);
  }
  const contentType = head.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (spoken.family === 'json' && contentType !== undefined && !jsonContentTypes.includes(contentType)) {
    throw refusal(
      415,
      'UnsupportedMediaTypeException',
      `The content type of a JSON request is ${json11}, not '${contentType}'.`,
    );
  }
  if (spoken.family === 'cbor' && contentType !== undefined && contentType !== cborContentType) {
    throw refusal(
      415,
      'UnsupportedMediaTypeException',
      `The content type of a CBOR request is ${cborContentType}, not '${contentType}'.`,
    );
  }
  const encoding = head.headers.get('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw refusal(415, 'UnsupportedMediaTypeException', `The content encoding '${encoding}' is not supported.`);
  }
}

const postOnly = ['POST'];
const queryMethods = ['POST', 'GET'];
const jsonContentTypes = [json10, json11, 'application/json'];

/** The service that a JSON or CBOR request names, or that a query request's signature or version does. */
export function claimService(
  services: LoadedServices,
  head: RequestHead,
  spoken: Spoken,
): ClaimedService | Promise<ClaimedService> {
  const scope = spoken.service ?? scopeService(head);
  const named = scope === undefined ? undefined : services.named(scope);
  // Nearly every request's signature is for the service that it means, and then nothing has to be waited for.
  const meant = named && !(named instanceof Promise) ? asMeant(named, spoken) : undefined;
  return meant ?? claimSlowly(services, scope, named, spoken);
}

async function claimSlowly(
  services: LoadedServices,
  scope: string | undefined,
  named: LoadedService | Promise<LoadedService> | undefined,
  spoken: Spoken,
): Promise<ClaimedService> {
  const signedFor = await named;
  const meant = signedFor && asMeant(signedFor, spoken);
  if (meant) return meant;
  if (spoken.target) {
    const found = await services.find((service) => asMeant(service, spoken) !== undefined);
    const claimed = found && asMeant(found, spoken);
    if (claimed) return claimed;
  }
  if (spoken.family === 'json') {
    throw new AwsError('UnknownOperationException', 'The X-Amz-Target header names no operation of a service here.');
  }
  if (spoken.family === 'cbor') {
    throw new AwsError('UnknownOperationException', 'The path names no operation of a service here.', { status: 404 });
  }
  if (scope !== undefined) {
    // Such as a signature for ecs on a form: no service that takes forms is meant by it.
    throw refusal(403, 'SignatureDoesNotMatch', 'Credential should be scoped to correct service.');
  }
  // Which operation it is only the body says, and that is read for the services that have such operations.
  const unsigned = services.all.find((service) => service.unsigned.size > 0);
  const entry = unsigned && (await services.named(unsigned.name));
  const open = entry && asMeant(entry, spoken);
  if (open) return open;
  throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', { status: 403 });
}

/** The service in the protocol of the request, undefined when the request means another. */
function asMeant({ model, spoken: protocols }: LoadedService, spoken: Spoken): ClaimedService | undefined {
  if (spoken.family !== 'query' && model.targetPrefix !== spoken.target?.prefix) return undefined;
  return protocols.get(spoken.family);
}

/** The operation, known to the model. `body` is looked at by query protocols only, and only once it is verified. */
export function claimOperation(claimed: ClaimedService, head: RequestHead, spoken: Spoken, body: Uint8Array): string {
  const { model, family } = claimed;
  if (family === 'json' || family === 'cbor') {
    const operation = spoken.target?.operation ?? '';
    if (Object.hasOwn(model.operations, operation)) return operation;
    throw new AwsError(
      'UnknownOperationException',
      `${model.serviceId} has no operation '${operation.slice(0, 100)}'.`,
    );
  }
  const pairs = new Map([...readPairs(head.query, true), ...readPairs(new TextDecoder().decode(body), true)]);
  const action = pairs.get('Action');
  if (action === undefined || action === '') {
    throw new AwsError('MissingAction', 'The request must contain the parameter Action.');
  }
  const version = pairs.get('Version');
  if (version !== model.apiVersion || !Object.hasOwn(model.operations, action)) {
    const message =
      family === 'ec2'
        ? `The action ${action.slice(0, 100)} is not valid for this web service.`
        : `Could not find operation ${action.slice(0, 100)} for version ${(version ?? 'NO_VERSION_SPECIFIED').slice(0, 100)}`;
    throw new AwsError('InvalidAction', message);
  }
  return action;
}
