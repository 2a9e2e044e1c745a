import type { AccessKeys } from '../aws/access-keys.ts';
import { type BoundService, bindService } from '../aws/bound-service.ts';
import { createGateway } from '../aws/gateway.ts';
import type { Service } from '../aws/service.ts';
import { Runner } from '../control/runner.ts';
import type { Scope } from '../core/scope.ts';
import { createBlobFiles } from '../dataplane/registry/blob-files.ts';
import { createObjectFiles } from '../dataplane/object-files/object-files.ts';
import { createRegistry } from '../dataplane/registry/registry-handler.ts';
import { createLogFiles } from '../dataplane/log-files/log-files.ts';
import { cloudwatch } from '../services/cloudwatch/service.ts';
import { ec2 } from '../services/ec2/service.ts';
import { startCollector } from '../services/ecr/collector.ts';
import { createRegistryState } from '../services/ecr/registry-state.ts';
import { ecrService } from '../services/ecr/service.ts';
import { ecrPublicService } from '../services/ecr-public/service.ts';
import type { EventInterest } from '../services/ecs/outbox.ts';
import { createTaskCredentials } from '../services/ecs/agents/task-credentials.ts';
import { createEcsParts } from '../services/ecs/parts.ts';
import { ecsService } from '../services/ecs/service.ts';
import { startFileSystemKeeper } from '../services/efs/file-system-keeper.ts';
import { efsService } from '../services/efs/service.ts';
import { createAuthorizer } from '../services/iam/authorizer.ts';
import { iam } from '../services/iam/service.ts';
import { kmsService } from '../services/kms/service.ts';
import { startFileKeeper } from '../services/logs/file-keeper.ts';
import { createLiveTail } from '../services/logs/live-tail.ts';
import { logsService } from '../services/logs/service.ts';
import { startContentKeeper } from '../services/s3/content-keeper.ts';
import { s3Service } from '../services/s3/service.ts';
import { secretsManagerService } from '../services/secretsmanager/service.ts';
import { ssmService } from '../services/ssm/service.ts';
import { createSessionTokens, type FetchJson } from '../services/sts/public.ts';
import { stsService } from '../services/sts/service.ts';
import type { Journal } from '../store/journal.ts';
import { Store } from '../store/store.ts';
import type { HttpHandler, Net } from '../world/net.ts';
import type { World } from '../world/world.ts';
import { withIssuedKeys } from './access-keys.ts';
import { json } from './answers.ts';
import { imagesInUse } from './images-in-use.ts';

/** The control plane of one data directory: everything but the sockets, so that it runs in a simulator as well. */
export interface ControlPlane {
  readonly store: Store;
  readonly handler: HttpHandler;
  /** Ends sessions and reconcilers and closes the journal. Tasks go on. */
  close(): Promise<void>;
}

export interface ControlPlaneParts {
  readonly world: Omit<World, 'docker' | 'net'>;
  readonly journal: Journal;
  /** Reaches identity providers; see services/sts. */
  readonly fetchJson?: FetchJson;
  /** Where log events are kept. */
  readonly logDirectory: string;
  /** Where layers and manifests of images are kept. */
  readonly imageDirectory: string;
  /** Where the bytes of S3 objects are kept. */
  readonly objectDirectory: string;
  /** Where the directories of file systems are kept. */
  readonly fileSystemDirectory: string;
  /** 32 bytes; see data-key.ts. */
  readonly dataKey: Uint8Array;
  /** How long stopped tasks can be described, where it is longer than an hour. */
  readonly stoppedTaskMs?: number;
  /** How upstream registries are reached. */
  readonly net?: Pick<Net, 'request'>;
  /** The root keys; those of users and sessions are in the state. */
  readonly accessKeys: AccessKeys;
  /** Accounts that there are, each given what AWS gives a new one. */
  readonly accounts: readonly string[];
  readonly region: string;
  readonly allowedHosts: readonly string[];
  /** Which events for EventBridge are kept until they are delivered; every one where nothing is given. */
  readonly wantsEvent?: EventInterest;
}

export async function composeControlPlane(parts: ControlPlaneParts): Promise<ControlPlane> {
  const { clock, random, hash, cipher, log, disk } = parts.world;
  const { wantsEvent } = parts;
  const tokens = createSessionTokens(hash, random);
  const credentials = createTaskCredentials({ clock, hash, tokens });
  const ecsParts = createEcsParts({
    clock,
    random,
    hash,
    log,
    credentials,
    ...(wantsEvent && { wantsEvent }),
    ...(parts.stoppedTaskMs !== undefined && { stoppedTaskMs: parts.stoppedTaskMs }),
  });
  const kms = { cipher, random, dataKey: parts.dataKey };
  const files = createLogFiles({ disk, hash, log, directory: parts.logDirectory });
  const objectFiles = createObjectFiles({ disk, hash, random, directory: parts.objectDirectory });
  await objectFiles.removeUnfinished();
  const efsParts = { disk, directory: parts.fileSystemDirectory, clock, log };
  const s3Parts = { files: objectFiles, hash, clock, log };
  const blobs = createBlobFiles({ disk, hash, directory: parts.imageDirectory });
  const authorizer = createAuthorizer();
  const ecrParts = {
    files: blobs,
    clock,
    random,
    hash,
    log,
    authorizer,
    imagesInUse,
    secrets: { kms, hash, random },
    ...(parts.net && { net: parts.net }),
  };
  const ecs = ecsService(ecsParts);
  const logs = logsService({ files, clock, log, liveTail: createLiveTail() });
  // In the order in which they know each other: one may use the public.ts of those before it.
  const services = [
    list(iam),
    list(stsService({ random, hash, tokens, fetchJson: parts.fetchJson })),
    list(kmsService(kms)),
    list(logs),
    list(cloudwatch),
    list(s3Service(s3Parts)),
    list(secretsManagerService({ kms, hash, random })),
    list(ssmService({ kms })),
    list(ecrService(ecrParts)),
    list(ecrPublicService(ecrParts)),
    list(ec2),
    list(efsService(efsParts)),
    list(ecs),
  ];

  const store = await Store.open({
    journal: parts.journal,
    clock,
    random,
    tables: services.flatMap((service) => service.tables),
    projections: services.flatMap((service) => service.projections),
    derivations: services.flatMap((service) => service.derivations ?? []),
  });
  for (const accountId of parts.accounts) {
    const scope: Scope = { accountId, region: parts.region };
    // One commit for all: a first start waits for the disk as seldom as it can.
    await store.update((tx, env) => {
      for (const service of services) service.setUp?.(tx, env, scope);
    });
  }

  const runner = new Runner({ store, clock, log, reconcilers: services.flatMap((service) => service.reconcilers) });
  runner.start();
  ecsParts.agents.start(store);
  ecsParts.hooks.start(store);
  const stopFileKeeper = startFileKeeper(store, { files, clock, log });
  const stopFileSystemKeeper = startFileSystemKeeper(store, efsParts);
  const stopContentKeeper = startContentKeeper(store, s3Parts);
  const stopCollector = startCollector(store, ecrParts);
  const registry = createRegistry({
    state: createRegistryState({ ...ecrParts, store, region: parts.region }),
    files: blobs,
    hash,
    log,
  });
  const handler = createGateway({
    clock,
    random,
    hash,
    log,
    store,
    services: services.map((service) => service.bound),
    accessKeys: withIssuedKeys(parts.accessKeys, store, tokens),
    authorizer,
    region: parts.region,
    allowedHosts: parts.allowedHosts,
    routes: new Map([['/_longshore/health', () => Promise.resolve(json(200, { status: 'ready' }))]]),
    mounts: new Map([['/v2/', registry]]),
  });
  return {
    store,
    handler,
    close: async () => {
      ecsParts.agents.stop();
      ecsParts.hooks.stop();
      await stopFileKeeper();
      await stopCollector();
      await stopContentKeeper();
      await stopFileSystemKeeper();
      await runner.stop();
      await files.close();
      await store.close();
    },
  };
}

/** A service without the type of its parts, so that services of every kind stand in one list. */
type Listed = Pick<Service, 'tables' | 'projections' | 'derivations' | 'reconcilers' | 'setUp'> & {
  readonly bound: BoundService;
};

function list<Parts>(service: Service<Parts>): Listed {
  return { ...service, bound: bindService(service) };
}
