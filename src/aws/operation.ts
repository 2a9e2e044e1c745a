import type { Scope } from '../core/scope.ts';
import type { Store } from '../store/store.ts';
import type { Session } from './session.ts';

/**
 * One operation of an AWS service: takes the parsed and checked input, gives the output. Throws AwsError for a client's
 * mistake. Writes go through `context.store.update`, one transaction per request where that is possible.
 * `Parts` is what the operation's own service has besides the store (see its service.ts).
 */
export type Operation<Input, Output, Parts = unknown> = (
  input: Parsed<Input>,
  context: OperationContext<Parts>,
) => Answer<Output> | Promise<Answer<Output>>;

export interface OperationContext<Parts = unknown> {
  readonly call: Call;
  readonly store: Store;
  readonly parts: Parts;
}

/** Who calls, from where, about what. Scope is the caller's account and the signature's region. */
export interface Call extends Scope {
  readonly requestId: string;
  /** Signing name of the service, such as `ecs`. */
  readonly service: string;
  readonly operation: string;
  readonly principal: Principal;
  /** Base URL under which the client reached us, such as http://127.0.0.1:4566. */
  readonly endpoint: string;
  readonly sourceAddress: string;
  /** Milliseconds since 1970, when the request came in. */
  readonly receivedAt: number;
}

export interface Principal {
  readonly arn: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  /** As GetCallerIdentity gives it: the account id for root. */
  readonly userId: string;
  /** Of temporary keys. */
  readonly session?: Session;
}

/**
 * An SDK input type after the codec: members that the model requires are there. (The SDK writes them `name: T |
 * undefined`, the optional ones `name?: T | undefined`.)
 */
export type Parsed<T> = T extends Date | Uint8Array | string | number | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Parsed<Item>[]
    : T extends object
      ? {
          readonly [Name in keyof T]: object extends Pick<T, Name>
            ? Parsed<T[Name]>
            : Parsed<Exclude<T[Name], undefined>>;
        }
      : T;

/** An SDK output type as an operation gives it: read-only to its leaves, so that records of the state may be parts of it. */
export type Answer<T> = T extends Date | Uint8Array | string | number | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Answer<Item>[]
    : T extends object
      ? { readonly [Name in keyof T]: Answer<T[Name]> }
      : T;
