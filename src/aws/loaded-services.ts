import type { BoundService } from './bound-service.ts';
import type { ServiceModel } from './model.ts';
import { createCborCodec } from './protocols/cbor.ts';
import { createEc2Codec } from './protocols/ec2.ts';
import { createJsonCodec } from './protocols/json.ts';
import type { ProtocolFamily, ServiceCodec } from './protocols/protocol.ts';
import { createQueryCodec } from './protocols/query.ts';
import { createRestJsonCodec } from './protocols/rest-json.ts';
import { createRestRouter, type RestRouter } from './protocols/rest-router.ts';
import { createRestXmlCodec } from './protocols/rest-xml.ts';

/** The services with their wire tables, loaded when the first request for one comes and kept. */
export function createLoadedServices(services: readonly BoundService[]): LoadedServices {
  const byName = new Map(services.map((service) => [service.name, service]));
  const loaded = new Map<string, Promise<LoadedService>>();
  const ready = new Map<string, LoadedService>();
  const load = (service: BoundService): Promise<LoadedService> => {
    const present = loaded.get(service.name);
    if (present) return present;
    const loading = service.model().then((model) => {
      const entry = withCodecs(service, model);
      ready.set(service.name, entry);
      return entry;
    });
    loaded.set(service.name, loading);
    return loading;
  };
  return {
    all: services,
    rest: new Map(services.flatMap(({ name, rest }) => (rest === undefined ? [] : [[name, rest] as const]))),
    named: (name) => {
      const service = byName.get(name);
      return ready.get(name) ?? (service ? load(service) : undefined);
    },
    async find(matches) {
      for (const service of services) {
        const entry = await load(service);
        if (matches(entry)) return entry;
      }
      return undefined;
    },
  };
}

export interface LoadedServices {
  readonly all: readonly BoundService[];
  /** By name, the services that speak REST, and how. */
  readonly rest: ReadonlyMap<string, 'rest-json' | 'rest-xml'>;
  /** At once where its tables are loaded already. */
  named(name: string): LoadedService | Promise<LoadedService> | undefined;
  /** The first service that matches, in order; loads tables on the way, so it is for requests that are refused anyway. */
  find(matches: (service: LoadedService) => boolean): Promise<LoadedService | undefined>;
}

export interface LoadedService {
  readonly model: ServiceModel;
  /** By the family that the request's head shows: which of the two query protocols it is only the service knows. */
  readonly spoken: ReadonlyMap<SpokenFamily, ClaimedService>;
}

export type SpokenFamily = Exclude<ProtocolFamily, 'ec2'>;

/** A service and the protocol in which a request speaks to it. */
export interface ClaimedService {
  readonly service: BoundService;
  readonly model: ServiceModel;
  readonly family: ProtocolFamily;
  /** By content type where the family is JSON: a client is answered in the version it spoke. */
  readonly codec: (contentType: string) => ServiceCodec;
  /** In REST protocols. */
  readonly router?: RestRouter;
}

export const json10 = 'application/x-amz-json-1.0';
export const json11 = 'application/x-amz-json-1.1';

function withCodecs(service: BoundService, model: ServiceModel): LoadedService {
  const spoken = new Map<SpokenFamily, ClaimedService>();
  const { protocols } = model;
  if (protocols.includes('ec2')) {
    const codec = createEc2Codec(model);
    spoken.set('query', { service, model, family: 'ec2', codec: () => codec });
  }
  if (protocols.includes('query')) {
    const codec = createQueryCodec(model);
    spoken.set('query', { service, model, family: 'query', codec: () => codec });
  }
  if (protocols.includes('rpc-v2-cbor')) {
    const codec = createCborCodec(model);
    spoken.set('cbor', { service, model, family: 'cbor', codec: () => codec });
  }
  if (protocols.includes('json-1.0') || protocols.includes('json-1.1')) {
    const newer = createJsonCodec(model, json11);
    const older = createJsonCodec(model, json10);
    const codec = (contentType: string): ServiceCodec => (contentType === json10 ? older : newer);
    spoken.set('json', { service, model, family: 'json', codec });
  }
  if (protocols.includes('rest-xml')) {
    const codec = createRestXmlCodec(model);
    spoken.set('rest-xml', { service, model, family: 'rest-xml', codec: () => codec, router: createRestRouter(model) });
  }
  if (protocols.includes('rest-json')) {
    const codec = createRestJsonCodec(model);
    spoken.set('rest-json', {
      service,
      model,
      family: 'rest-json',
      codec: () => codec,
      router: createRestRouter(model),
    });
  }
  return { model, spoken };
}
