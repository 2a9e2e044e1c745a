/**
 * The wire model of one service, as tools/generate writes it from the AWS SDK's own schemas. Shapes are named once and
 * refer to each other by name, so that a table is small JSON text and is read lazily.
 */
export interface ServiceModel {
  /** SDK service id, such as `ECS`. */
  readonly serviceId: string;
  readonly signingName: string;
  /** Target prefix of the JSON protocols, such as AmazonEC2ContainerServiceV20141113; absent in others. */
  readonly targetPrefix?: string;
  readonly apiVersion: string;
  /** Protocols in the order preferred, such as ['json-1.1']. */
  readonly protocols: readonly Protocol[];
  readonly xmlNamespace?: string;
  /** Name space of its shape ids, such as com.amazonaws.cloudwatch; in services that speak CBOR. */
  readonly namespace?: string;
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export type Protocol = 'json-1.0' | 'json-1.1' | 'query' | 'ec2' | 'rest-json' | 'rest-xml' | 'rpc-v2-cbor';

export interface OperationModel {
  /** Shape names; absent where the operation takes or gives nothing. */
  readonly input?: string;
  readonly output?: string;
  readonly errors: readonly string[];
  readonly http?: { readonly method: string; readonly uri: string; readonly status: number };
}

export type Shape = StructureShape | ListShape | MapShape | SimpleShape;

export interface StructureShape {
  readonly kind: 'structure' | 'union';
  readonly members: Readonly<Record<string, Member>>;
  readonly required: readonly string[];
  /** On a union: the output member of this shape is an event stream. */
  readonly streaming?: boolean;
  /** In rest-xml: the element's name where nobody else names it (the root of a body). */
  readonly wireName?: string;
  /** On an exception: its wire code and status. */
  readonly error?: { readonly code: string; readonly status: number; readonly fault: 'client' | 'server' };
}

export interface ListShape {
  readonly kind: 'list';
  readonly member: Member;
}

export interface MapShape {
  readonly kind: 'map';
  readonly key: Member;
  readonly value: Member;
}

export interface SimpleShape {
  readonly kind: 'string' | 'integer' | 'long' | 'float' | 'number' | 'boolean' | 'blob' | 'timestamp' | 'document';
  readonly enum?: readonly string[];
}

export interface Member {
  /** A shape's name, or the kind of a simple shape that needs no name. */
  readonly shape: string;
  /** Name on the wire where it differs (xmlName, jsonName, ec2QueryName are resolved by the generator). */
  readonly wireName?: string;
  readonly queryName?: string;
  readonly flattened?: boolean;
  /** In rest-xml: written as an attribute of its structure's element. */
  readonly attribute?: boolean;
  readonly timestampFormat?: 'epoch-seconds' | 'date-time' | 'http-date';
  readonly idempotencyToken?: boolean;
  readonly streaming?: boolean;
  readonly eventPayload?: boolean;
  readonly location?: 'header' | 'query' | 'uri' | 'payload' | 'prefix-headers' | 'status';
  readonly locationName?: string;
  /** From the overlay of constraints: length or range, and pattern. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}
