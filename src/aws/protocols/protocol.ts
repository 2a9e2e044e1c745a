import type { AwsError } from '../error.ts';
import type { ServiceModel } from '../model.ts';
import type { HttpResponse } from '../../world/net.ts';

/** One wire protocol, server side, for one service: compiled from the service's tables. */
export interface ServiceCodec {
  /**
   * Parses and checks an input. Throws AwsError where the bytes are not the protocol's or a value has the wrong type.
   * Members that the model does not know are left out, and null is absent.
   */
  readInput(operation: string, wire: WireInput): ParsedInput;
  writeOutput(operation: string, output: unknown, requestId: string): HttpResponse;
}

export interface WireInput {
  readonly body: Uint8Array;
  /** Of the request target; query protocols take parameters from it too. */
  readonly query: string;
  /** In REST protocols: what the operation's members are taken from besides. */
  readonly rest?: RestInput;
}

export interface RestInput {
  /** By lower-case name; with the parameters of a presigned URL that stand for headers. */
  readonly headers: ReadonlyMap<string, string>;
  /** What stands in the path, decoded, by member name. */
  readonly labels: ReadonlyMap<string, string>;
  /** The body, where the operation takes it as a stream. */
  readonly stream?: object;
}

export interface ParsedInput {
  readonly input: object;
  /** Paths of members that the model requires and that were not there. */
  readonly missing: readonly string[];
}

/** How a protocol says that a request failed. Needs no service: a request may fail before its service is known. */
export type WriteError = (failure: Failure) => HttpResponse;

export interface Failure {
  readonly error: AwsError;
  readonly status: number;
  readonly requestId: string;
  /** Where the service is known: for the wire code of a modelled error and the name space. */
  readonly model: ServiceModel | undefined;
}

export type ProtocolFamily = 'json' | 'cbor' | 'query' | 'ec2' | 'rest-json' | 'rest-xml';
