import { assert } from '../../src/core/assert.ts';
import type {
  ListShape,
  MapShape,
  Member,
  OperationModel,
  Protocol,
  Shape,
  SimpleShape,
  StructureShape,
} from '../../src/aws/model.ts';
import type { Source } from './sources.ts';

/**
 * Turns the schema arrays that an AWS SDK client exports into our shapes. Their form (Smithy's static schemas):
 * `[kind, namespace, name, traits, ...]`, where kind is 0 simple, 1 list, 2 map, 3 structure, -3 exception, 4 union and
 * 9 operation. A reference is a number (a simple type; 64 and 128 make a list or a map of it), a schema, a function
 * that gives either, or a pair of a reference and the member's traits.
 */
export function readSchemas(source: Source, exports: Readonly<Record<string, unknown>>): SchemaTables {
  const shapes = new Map<string, Shape>();
  const operations = new Map<string, OperationModel>();
  const context: Context = { source, shapes };
  for (const value of Object.values(exports)) {
    if (!Array.isArray(value)) continue;
    const schema: unknown[] = value;
    if (typeof schema[0] !== 'number' || typeof schema[2] !== 'string') continue;
    if (schema[0] === kinds.operation) {
      const input = operationShape(context, schema[4]);
      const output = operationShape(context, schema[5]);
      const http = isRest(source) ? httpOf(schema[3], input === undefined ? undefined : shapes.get(input)) : undefined;
      operations.set(schema[2], {
        ...(input && { input }),
        ...(output && { output }),
        errors: [],
        ...(http && { http }),
      });
    } else if (schema[0] === kinds.exception) {
      shapeOf(context, schema);
    }
  }
  return { shapes, operations };
}

export interface SchemaTables {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly operations: ReadonlyMap<string, OperationModel>;
}

interface Context {
  readonly source: Source;
  readonly shapes: Map<string, Shape>;
}

const kinds = { simple: 0, list: 1, map: 2, structure: 3, union: 4, operation: 9, exception: -3 } as const;

const simpleKinds: Readonly<Record<number, SimpleShape['kind']>> = {
  0: 'string',
  2: 'boolean',
  4: 'timestamp',
  5: 'timestamp',
  6: 'timestamp',
  7: 'timestamp',
  15: 'document',
  21: 'blob',
  42: 'blob',
};
const numberType = 1;
const streamingBlob = 42;
const listOf = 64;
const mapOf = 128;

const timestampFormats: Readonly<Record<number, NonNullable<Member['timestampFormat']>>> = {
  5: 'date-time',
  6: 'http-date',
  7: 'epoch-seconds',
};

/** Bits of a member's traits when they are given as a number. */
const idempotencyTokenBit = 4;
const locationBits: readonly (readonly [bit: number, location: NonNullable<Member['location']>])[] = [
  [1, 'uri'],
  [16, 'payload'],
  [32, 'status'],
];
const locationTraits: Readonly<Record<string, NonNullable<Member['location']>>> = {
  httpLabel: 'uri',
  httpHeader: 'header',
  httpQuery: 'query',
  httpPrefixHeaders: 'prefix-headers',
  httpPayload: 'payload',
  httpResponseCode: 'status',
};

function isRest(source: Source): boolean {
  return source.protocols.some((protocol) => protocol === 'rest-xml' || protocol === 'rest-json');
}

/**
 * The binding of an operation. The SDK's S3 leaves the bucket out of its paths, because its endpoint rules put it into
 * the host name: a label that no path holds is put in front.
 */
function httpOf(traits: unknown, input: Shape | undefined): NonNullable<OperationModel['http']> {
  const http = isRecord(traits) ? traits['http'] : undefined;
  assert(Array.isArray(http), 'an operation of a REST protocol has a binding');
  const [method, path, status]: unknown[] = http;
  assert(typeof method === 'string' && typeof path === 'string' && typeof status === 'number', 'a binding is whole');
  let uri = path;
  for (const [name, member] of input && 'members' in input ? Object.entries(input.members) : []) {
    if (member.location === 'uri' && !new RegExp(`[{]${name}[+]?[}]`).test(uri)) uri = `/{${name}}${uri}`;
  }
  return { method, uri, status };
}

function operationShape(context: Context, reference: unknown): string | undefined {
  const schema = resolve(reference);
  if (schema === 'unit') return undefined; // how the SDK writes that there is nothing
  assert(Array.isArray(schema), 'an operation takes and gives structures');
  return shapeOf(context, schema);
}

/** Adds the shape of a named schema and of all that it refers to. Returns its name. */
function shapeOf(context: Context, schema: readonly unknown[]): string {
  const [kind, , name, traits] = schema;
  assert(typeof name === 'string', 'a schema has a name');
  if (context.shapes.has(name)) return name;
  switch (kind) {
    case kinds.list: {
      context.shapes.set(name, { kind: 'list', member: { shape: name } }); // holds the place: shapes may be recursive
      context.shapes.set(name, { kind: 'list', member: memberOf(context, schema[4], `${name}[]`) } satisfies ListShape);
      return name;
    }
    case kinds.map: {
      context.shapes.set(name, { kind: 'map', key: { shape: name }, value: { shape: name } });
      const key = memberOf(context, schema[4], `${name}.key`);
      const value = memberOf(context, schema[5], `${name}{}`);
      context.shapes.set(name, { kind: 'map', key, value } satisfies MapShape);
      return name;
    }
    case kinds.structure:
    case kinds.union:
    case kinds.exception: {
      const [names, types, requiredCount] = [schema[4], schema[5], schema[6] ?? 0];
      assert(Array.isArray(names) && Array.isArray(types) && typeof requiredCount === 'number', `${name} has members`);
      const members: Record<string, Member> = {};
      context.shapes.set(name, { kind: 'structure', members, required: [] });
      names.forEach((member: unknown, index) => {
        assert(typeof member === 'string', 'a member has a name');
        members[member] = memberOf(context, types[index], `${name}.${member}`);
      });
      const error = kind === kinds.exception ? errorOf(name, traits) : undefined;
      const streaming = isRecord(traits) && traits['streaming'] === 1;
      const wireName = isRecord(traits) && isRest(context.source) ? traits['xmlName'] : undefined;
      const shape: StructureShape = {
        kind: kind === kinds.union ? 'union' : 'structure',
        members,
        required: names.slice(0, requiredCount).map(String),
        ...(error && { error }),
        ...(streaming && { streaming }),
        ...(typeof wireName === 'string' && { wireName }),
      };
      context.shapes.set(name, shape);
      return name;
    }
    default:
      throw new Error(`schema ${name} has kind ${String(kind)}, which is unknown here`);
  }
}

function memberOf(context: Context, reference: unknown, path: string): Member {
  const traits = traitsOf(reference);
  const type = resolve(reference);
  return { ...typeOf(context, type, path), ...traitMembers(context.source, traits) };
}

function typeOf(context: Context, type: unknown, path: string): Member {
  if (typeof type === 'number') return simpleMember(context, type, path);
  assert(Array.isArray(type), `${path} has a type`);
  if (type[0] === kinds.simple) return memberOf(context, type[4], path);
  return { shape: shapeOf(context, type) };
}

function simpleMember(context: Context, type: number, path: string): Member {
  if (type & (listOf | mapOf)) {
    const element = simpleMember(context, type & ~(listOf | mapOf), `${path}[]`);
    const list = (type & listOf) !== 0;
    const name = list ? `List<${element.shape}>` : `Map<${element.shape}>`;
    context.shapes.set(
      name,
      list ? { kind: 'list', member: element } : { kind: 'map', key: { shape: 'string' }, value: element },
    );
    return { shape: name };
  }
  if (type === numberType) {
    const { fractions } = context.source;
    return { shape: fractions === 'all' ? 'number' : fractions.includes(path) ? 'float' : 'long' };
  }
  const kind = simpleKinds[type];
  assert(kind !== undefined, `${path} has type ${type}, which is unknown here`);
  const timestampFormat = timestampFormats[type];
  return {
    shape: kind,
    ...(timestampFormat && { timestampFormat }),
    ...(type === streamingBlob && { streaming: true }),
  };
}

function traitMembers(source: Source, traits: unknown): Partial<Member> {
  if (typeof traits === 'number') {
    const location = isRest(source) ? locationBits.find(([bit]) => (traits & bit) !== 0)?.[1] : undefined;
    return {
      ...((traits & idempotencyTokenBit) !== 0 && { idempotencyToken: true }),
      ...(location && { location }),
    };
  }
  if (!isRecord(traits)) return {};
  const xmlName = traits['xmlName'];
  const ec2QueryName = traits['ec2QueryName'];
  const xml = source.protocols.some((protocol) => xmlProtocols.includes(protocol));
  return {
    ...(xml && typeof xmlName === 'string' && { wireName: xmlName }),
    ...(typeof ec2QueryName === 'string' && ec2QueryName !== derivedQueryName(xmlName) && { queryName: ec2QueryName }),
    ...(xml && traits['xmlFlattened'] === 1 && { flattened: true }),
    ...(traits['idempotencyToken'] === 1 && { idempotencyToken: true }),
    ...(traits['eventPayload'] === 1 && { eventPayload: true }),
    ...(xml && traits['xmlAttribute'] === 1 && { attribute: true }),
    ...(isRest(source) && locationOf(traits)),
  };
}

function locationOf(traits: Readonly<Record<string, unknown>>): Pick<Member, 'location' | 'locationName'> {
  for (const [trait, location] of Object.entries(locationTraits)) {
    const value = traits[trait];
    if (value !== undefined) return { location, ...(typeof value === 'string' && { locationName: value }) };
  }
  return {};
}

const xmlProtocols: readonly Protocol[] = ['query', 'ec2', 'rest-xml'];

/** The name that the ec2 protocol gives a member in a query when its model has no name for it. */
function derivedQueryName(xmlName: unknown): string | undefined {
  return typeof xmlName === 'string' ? xmlName.charAt(0).toUpperCase() + xmlName.slice(1) : undefined;
}

function errorOf(name: string, traits: unknown): NonNullable<StructureShape['error']> {
  const record = isRecord(traits) ? traits : {};
  const query = record['awsQueryError'];
  const [code, queryStatus]: unknown[] = Array.isArray(query) ? query : [];
  const fault = record['error'] === 'server' ? 'server' : 'client';
  const status = queryStatus ?? record['httpError'];
  return {
    code: typeof code === 'string' ? code : name,
    status: typeof status === 'number' ? status : fault === 'server' ? 500 : 400,
    fault,
  };
}

/** The schema or number behind a reference. */
function resolve(reference: unknown): unknown {
  if (typeof reference === 'function') return resolve(reference());
  return isPair(reference) ? resolve(reference[0]) : reference;
}

/** Traits that a reference adds. */
function traitsOf(reference: unknown): unknown {
  if (typeof reference === 'function') return traitsOf(reference());
  return isPair(reference) ? reference[1] : undefined;
}

/** A pair of a reference and traits; a schema is longer and holds its name third. */
function isPair(reference: unknown): reference is readonly [unknown, unknown] {
  return Array.isArray(reference) && reference.length === 2;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
