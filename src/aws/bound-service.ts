import type { Store } from '../store/store.ts';
import type { HttpRequest, HttpResponse, Socket } from '../world/world.ts';
import type { ServiceModel } from './model.ts';
import type { Call } from './operation.ts';
import type { Service } from './service.ts';

/** A service with its parts closed over, so that the gateway can hold services of every kind in one list. */
export interface BoundService {
  readonly name: string;
  readonly model: () => Promise<ServiceModel>;
  /** What is built: an operation not in here is answered with a clear error. */
  readonly operations: ReadonlyMap<string, BoundOperation>;
  /** By path. */
  readonly sockets: ReadonlyMap<string, BoundSocket>;
}

/** `input` has been checked against the model of the operation. */
export type BoundOperation = (input: object, call: Call, store: Store) => unknown;

export type BoundSocket = (
  request: HttpRequest,
  query: ReadonlyMap<string, string>,
  call: Call,
  store: Store,
) => Promise<HttpResponse | ((socket: Socket) => void)>;

export function bindService<Parts>(service: Service<Parts>): BoundService {
  const { parts } = service;
  return {
    name: service.name,
    model: service.model,
    operations: new Map(
      Object.entries(service.operations).map(([name, operation]): [string, BoundOperation] => [
        name,
        // The codec has checked the input against the same model from which the operation's type was generated.
        (input, call, store) => operation(input as never, { call, store, parts }),
      ]),
    ),
    sockets: new Map(
      Object.entries(service.sockets).map(([path, endpoint]): [string, BoundSocket] => [
        path,
        (request, query, call, store) => endpoint(request, query, { call, store, parts }),
      ]),
    ),
  };
}
