import type { Store } from '../store/store.ts';
import type { HttpRequest, HttpResponse } from '../world/net.ts';
import type { Clock, Hash, Log, Random } from '../world/world.ts';
import type { AccessKeys } from './access-keys.ts';
import type { Authorizer } from './authorizer.ts';
import type { BoundService } from './bound-service.ts';

/** What createGateway (gateway.ts) is made of: `createGateway(parts: GatewayParts): HttpHandler`. */
export interface GatewayParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly log: Log;
  readonly store: Store;
  /** Made with bindService. */
  readonly services: readonly BoundService[];
  readonly accessKeys: AccessKeys;
  readonly authorizer: Authorizer;
  /** The one region served: a signature for another is refused. */
  readonly region: string;
  /**
   * Host names and addresses, without ports, under which requests without a header signature may come, besides
   * localhost and *.localhost: the addresses listened on, and names of load balancers.
   */
  readonly allowedHosts: readonly string[];
  readonly limits?: Partial<GatewayLimits>;
  /** Unsigned paths, such as /_longshore/health. The Host allow-list and the Origin check hold for them too. */
  readonly routes: ReadonlyMap<string, (request: HttpRequest) => Promise<HttpResponse>>;
  /**
   * By the beginning of a path, such as /v2/, what speaks a protocol of its own there and knows its clients by itself. The
   * Host allow-list and the Origin check hold for them too.
   */
  readonly mounts?: ReadonlyMap<string, (request: HttpRequest) => Promise<HttpResponse>>;
}

export interface GatewayLimits {
  readonly bodyBytes: number;
}

export const defaultLimits: GatewayLimits = {
  // A PutLogEvents batch of 1,048,576 bytes is up to six times that as JSON, where every character is \u-escaped.
  bodyBytes: 8 * 1024 * 1024,
};
