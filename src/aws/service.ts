import type { Reconciler } from '../control/reconciler.ts';
import type { Scope } from '../core/scope.ts';
import type { Env, Transaction } from '../store/store.ts';
import type { Derivation, Projection, Table } from '../store/table.ts';
import type { HttpRequest, HttpResponse, Socket } from '../world/net.ts';
import type { ServiceModel } from './model.ts';
import type { Operation, OperationContext } from './operation.ts';
import type { Permissions } from './permission.ts';

/** What a service folder gives to the composition root: its manifest. */
export interface Service<Parts = unknown> {
  /** The service's signing name, such as `ecs`; also its folder's name where AWS's word allows. */
  readonly name: string;
  /** The generated wire tables, loaded when the first request comes: idle memory does not pay for unused services. */
  readonly model: () => Promise<ServiceModel>;
  /** Set where its operations stand in the method and the path of a request: known before its tables are loaded. */
  readonly rest?: 'rest-json' | 'rest-xml';
  /** What is built, by operation name; whatever else the model names is answered with a clear error. */
  readonly operations: Readonly<Record<string, Operation<never, unknown, Parts>>>;
  /**
   * What each operation asks of IAM, and each socket by its path (its input is the query, by name). One that is not
   * named here asks for the action of its own name on every resource (`*`), as AWS's actions without resource types do.
   */
  readonly permissions?: Readonly<Record<string, Permissions<never>>>;
  /** Whether a request may name another account's resources: not even root may have those without their owner's leave. */
  readonly namesOtherAccounts?: boolean;
  /** Operations that bring something else than a signature to show who calls, such as a token of an identity provider. */
  readonly unsigned?: readonly string[];
  /** What its actions begin with, where that is not its signing name (`cloudwatch` for monitoring). */
  readonly actionPrefix?: string;
  readonly tables: readonly Table<never>[];
  readonly projections: readonly Projection<never, unknown>[];
  readonly derivations?: readonly Derivation[];
  readonly reconcilers: readonly Reconciler[];
  readonly parts: Parts;
  /** Signed websocket endpoints by path (without query). */
  readonly sockets: Readonly<Record<string, SocketEndpoint<Parts>>>;
  /** Gives an account what AWS gives a new one (a default VPC, say). Run for every account at every start. */
  readonly setUp?: (tx: Transaction, env: Env, scope: Scope) => void;
}

/** Answers a websocket upgrade whose signature has been verified: a response refuses, a function takes the socket. */
export type SocketEndpoint<Parts> = (
  request: HttpRequest,
  query: ReadonlyMap<string, string>,
  context: OperationContext<Parts>,
) => Promise<HttpResponse | ((socket: Socket) => void)>;
