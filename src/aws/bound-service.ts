import type { Reader, Store } from '../store/store.ts';
import type { HttpRequest, HttpResponse, Socket } from '../world/net.ts';
import type { ServiceModel } from './model.ts';
import type { Call } from './operation.ts';
import type { Permission } from './permission.ts';
import type { Service } from './service.ts';

/** A service with its parts closed over, so that the gateway can hold services of every kind in one list. */
export interface BoundService {
  readonly name: string;
  readonly model: () => Promise<ServiceModel>;
  readonly rest: 'rest-json' | 'rest-xml' | undefined;
  /** What is built: an operation not in here is answered with a clear error. */
  readonly operations: ReadonlyMap<string, BoundOperation>;
  readonly namesOtherAccounts: boolean;
  /** Operations that come without a signature. */
  readonly unsigned: ReadonlySet<string>;
  /** What an operation (or the socket of a path) asks of IAM. */
  readonly permissions: (operation: string, input: object, call: Call, reader: Reader) => readonly Permission[];
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
  const { parts, permissions = {}, actionPrefix = service.name } = service;
  return {
    name: service.name,
    model: service.model,
    rest: service.rest,
    namesOtherAccounts: service.namesOtherAccounts === true,
    unsigned: new Set(service.unsigned),
    operations: new Map(
      Object.entries(service.operations).map(([name, operation]): [string, BoundOperation] => [
        name,
        // The codec has checked the input against the same model from which the operation's type was generated.
        (input, call, store) => operation(input as never, { call, store, parts }),
      ]),
    ),
    permissions: (operation, input, call, reader) => {
      const named = Object.hasOwn(permissions, operation) ? permissions[operation] : undefined;
      // As above: the input has been checked against the model from which the table's type was generated.
      return (
        named?.(input as never, { call, reader }) ?? [{ action: `${actionPrefix}:${operation}`, resources: ['*'] }]
      );
    },
    sockets: new Map(
      Object.entries(service.sockets).map(([path, endpoint]): [string, BoundSocket] => [
        path,
        (request, query, call, store) => endpoint(request, query, { call, store, parts }),
      ]),
    ),
  };
}
