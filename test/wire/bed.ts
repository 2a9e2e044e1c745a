import type { CreateClusterRequest, RunTaskRequest } from '@aws-sdk/client-ecs';
import type { PutLogEventsRequest } from '@aws-sdk/client-cloudwatch-logs';
import type { AccessKey } from '../../src/aws/access-keys.ts';
import { bindService } from '../../src/aws/bound-service.ts';
import { AwsError } from '../../src/aws/error.ts';
import { createGateway } from '../../src/aws/gateway.ts';
import type { GatewayLimits } from '../../src/aws/gateway-parts.ts';
import type { Operation, Principal } from '../../src/aws/operation.ts';
import type { Service } from '../../src/aws/service.ts';
import { createSigner, type RequestToSign } from '../../src/aws/signer.ts';
import { cloudwatch } from '../../src/services/cloudwatch/service.ts';
import { ec2 } from '../../src/services/ec2/service.ts';
import { createEcsParts } from '../../src/services/ecs/parts.ts';
import { ecsService } from '../../src/services/ecs/service.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import { iam } from '../../src/services/iam/service.ts';
import { createSessionTokens } from '../../src/services/sts/public.ts';
import { stsService } from '../../src/services/sts/service.ts';
import type { Store } from '../../src/store/store.ts';
import { table } from '../../src/store/table.ts';
import { realHash } from '../../src/world/real/real-hash.ts';
import type { MemoryJournal } from '../../src/world/sim/memory-journal.ts';
import { SimClock } from '../../src/world/sim/sim-clock.ts';
import { SimLog } from '../../src/world/sim/sim-log.ts';
import { SimRandom } from '../../src/world/sim/sim-random.ts';
import { openSimStore } from '../../src/world/sim/sim-store.ts';
import type { HttpHandler, HttpRequest, HttpResponse, RawHeaders } from '../../src/world/net.ts';

/**
 * A gateway over a real store, with services of few operations that write what they are given: what is tested here is
 * the way from bytes to an operation and back, whichever operation it is.
 */
export async function openBed(options: BedOptions = {}): Promise<Bed> {
  const clock = new SimClock({ dueRunsByItself: true, startAt: options.startAt ?? Date.now() });
  const log = new SimLog(clock);
  const ecs = options.realEcs
    ? ecsService(createEcsParts({ clock, random: new SimRandom(2), hash: realHash(), log }))
    : undefined;
  const sts = stsService({
    random: new SimRandom(3),
    hash: realHash(),
    tokens: createSessionTokens(realHash(), new SimRandom(4)),
  });
  const tables = [
    notes,
    ...iam.tables,
    ...sts.tables,
    ...cloudwatch.tables,
    ...(ecs?.tables ?? []),
    ...(ecs ? ec2.tables : []),
  ];
  const projections = [...(ecs?.projections ?? []), ...(ecs ? ec2.projections : [])];
  const { store, random, journal } = await openSimStore({ tables, projections, clock });
  await store.update((tx, env) => sts.setUp?.(tx, env, { accountId: root.accountId, region }));
  const keys = new Map<string, AccessKey>([
    [credentials.accessKeyId, { secretAccessKey: credentials.secretAccessKey, principal: root }],
  ]);
  const notebook: Notebook = { outputs: new Map(), inputs: [] };
  const services = [
    ecs ? bindService(ecs) : bindService(ecsOf(notebook)),
    ecs ? bindService(ec2) : bindService(ec2Of(notebook)),
    bindService(logsOf(notebook)),
    bindService(cloudwatch),
  ];
  const handler = createGateway({
    clock,
    random,
    hash: realHash(),
    log,
    store,
    services: [...services, bindService(sts)],
    accessKeys: { find: (id, token) => (token === undefined ? keys.get(id) : undefined) },
    authorizer: createAuthorizer(),
    region,
    allowedHosts: ['127.0.0.1', 'longshore.example'],
    ...(options.limits && { limits: options.limits }),
    routes: new Map([['/_longshore/health', async () => ({ status: 200, headers: {}, body: 'ok' })]]),
  });
  const sign = createSigner({ clock, hash: realHash(), region, credentials });
  return { handler, store, journal, clock, keys, log, sign, notebook };
}

export interface BedOptions {
  readonly startAt?: number;
  /** The ECS that is shipped, with its tables, instead of one that notes what it is given. */
  readonly realEcs?: boolean;
  readonly limits?: Partial<GatewayLimits>;
}

export interface Bed {
  readonly handler: HttpHandler;
  readonly store: Store;
  readonly journal: MemoryJournal;
  readonly clock: SimClock;
  readonly keys: Map<string, AccessKey>;
  readonly log: SimLog;
  readonly sign: (request: RequestToSign) => Readonly<Record<string, string>>;
  readonly notebook: Notebook;
}

/** What operations were given, and what they are to answer. */
export interface Notebook {
  readonly outputs: Map<string, unknown>;
  readonly inputs: unknown[];
}

export const region = 'us-east-1';
export const credentials = {
  accessKeyId: 'AKIAEXAMPLEKEY000001',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
export const root: Principal = {
  arn: 'arn:aws:iam::000000000000:root',
  accountId: '000000000000',
  accessKeyId: credentials.accessKeyId,
  userId: '000000000000',
};

interface Note {
  readonly name: string;
}
export const notes = table<Note>()({ name: 'wire.notes', key: (note) => note.name, indexes: {} });

type Plain<Input> = Operation<Input, unknown, Notebook>;

/** Notes its input and answers what the test has laid down. */
function noting(name: string): Plain<object> {
  return (input, { parts }) => {
    parts.inputs.push(input);
    return parts.outputs.get(name);
  };
}

const createCluster: Plain<CreateClusterRequest> = async ({ clusterName = 'default' }, { store, call }) => {
  if (clusterName === 'refused') throw new AwsError('ClientException', 'The cluster is refused.');
  if (clusterName === 'broken') throw new TypeError('a bug of ours');
  await store.update((tx) => tx.put(notes, { name: clusterName }));
  return {
    cluster: { clusterName, clusterArn: `arn:aws:ecs:${call.region}:${call.accountId}:cluster/${clusterName}` },
    secret: 'not in the model',
  };
};

const runTask: Plain<RunTaskRequest> = (input, { parts }) => {
  parts.inputs.push(input);
  if (input.clientToken === 'used') {
    throw new AwsError('ConflictException', 'Used.', { members: { resourceIds: ['arn:task'], other: 1 } });
  }
  return parts.outputs.get('RunTask') ?? { tasks: [], failures: [] };
};

const listClusters: Plain<object> = (_, { store }) => ({
  clusterArns: store.view((reader) => [...reader.list(notes)].map(({ name }) => name)),
});

const putLogEvents: Plain<PutLogEventsRequest> = async (input, { store }) => {
  await store.update((tx) => tx.put(notes, { name: `${input.logGroupName}/${input.logEvents.length}` }));
  return {};
};

function serviceOf(
  name: string,
  parts: Notebook,
  rest: Pick<Service<Notebook>, 'model' | 'operations'> & Partial<Service<Notebook>>,
): Service<Notebook> {
  return { name, tables: [], projections: [], reconcilers: [], sockets: {}, parts, ...rest };
}

function ecsOf(parts: Notebook): Service<Notebook> {
  return serviceOf('ecs', parts, {
    model: async () => (await import('../../src/aws/models/ecs.gen.ts')).model,
    operations: {
      CreateCluster: createCluster,
      ListClusters: listClusters,
      RunTask: runTask,
      DescribeTasks: noting('DescribeTasks'),
      RegisterTaskDefinition: noting('RegisterTaskDefinition'),
      RegisterContainerInstance: noting('RegisterContainerInstance'),
    },
    sockets: {
      '/ws': async (_request, query) => {
        if (query.get('seqNum') !== '1') throw new AwsError('InvalidInstanceException', 'There is no such instance.');
        return (socket) => socket.send('accepted');
      },
    },
  });
}

function logsOf(parts: Notebook): Service<Notebook> {
  return serviceOf('logs', parts, {
    model: async () => (await import('../../src/aws/models/logs.gen.ts')).model,
    operations: {
      PutLogEvents: putLogEvents,
      CreateLogGroup: noting('CreateLogGroup'),
      StartLiveTail: noting('StartLiveTail'),
    },
  });
}

function ec2Of(parts: Notebook): Service<Notebook> {
  return serviceOf('ec2', parts, {
    model: async () => (await import('../../src/aws/models/ec2.gen.ts')).model,
    operations: {
      DescribeVpcs: noting('DescribeVpcs'),
      CreateSubnet: noting('CreateSubnet'),
      DeleteVpc: noting('DeleteVpc'),
    },
  });
}

/** A request as the listener would give it. */
export function rawRequest(
  method: string,
  target: string,
  headers: RawHeaders,
  body: Uint8Array | string = '',
): HttpRequest {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return {
    method,
    target,
    headers,
    remoteAddress: '127.0.0.1',
    body: {
      read: async (limit) => (bytes.length > limit ? undefined : bytes),
      stream: async function* () {
        yield bytes;
      },
    },
  };
}

/** A signed JSON call. */
export function jsonRequest(
  bed: Bed,
  target: string,
  body: Uint8Array | string,
  more: Readonly<Record<string, string>> = {},
): HttpRequest {
  const service = target.startsWith('Logs') ? 'logs' : 'ecs';
  const headers = {
    host: 'localhost:4566',
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': target,
    ...more,
  };
  const signed = bed.sign({ method: 'POST', url: 'http://localhost:4566/', headers, body, service });
  return rawRequest('POST', '/', Object.entries(signed), body);
}

/** A signed form. */
export function formRequest(bed: Bed, service: string, form: Readonly<Record<string, string>>): HttpRequest {
  const body = new URLSearchParams(form).toString();
  const headers = { host: 'localhost:4566', 'content-type': 'application/x-www-form-urlencoded' };
  const signed = bed.sign({ method: 'POST', url: 'http://localhost:4566/', headers, body, service });
  return rawRequest('POST', '/', Object.entries(signed), body);
}

export async function textOf(response: HttpResponse): Promise<string> {
  if (typeof response.body === 'string') return response.body;
  if (response.body instanceof Uint8Array) return new TextDecoder().decode(response.body);
  let text = '';
  for await (const chunk of response.body) text += new TextDecoder().decode(chunk);
  return text;
}

export async function jsonOf(response: HttpResponse): Promise<Record<string, unknown>> {
  return JSON.parse(await textOf(response));
}

export const ecsTarget = 'AmazonEC2ContainerServiceV20141113';

/** Operations of the ECS that is shipped. */
export const builtOperations = Object.keys(
  ecsService(
    createEcsParts({
      clock: new SimClock(),
      random: new SimRandom(1),
      hash: realHash(),
      log: new SimLog(new SimClock()),
    }),
  ).operations,
);
