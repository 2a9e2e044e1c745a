import { assert } from '../../core/assert.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import { readPairs } from '../request-head.ts';

/** Which operation of a REST service a request's method, path, query and headers mean. */
export interface RestRouter {
  find(request: RestRequest): Route | undefined;
}

export interface RestRequest {
  readonly method: string;
  /** Undecoded. */
  readonly path: string;
  /** Undecoded. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface Route {
  readonly operation: string;
  /** Decoded, by member name. */
  readonly labels: ReadonlyMap<string, string>;
  /** The member that takes the body as a stream. */
  readonly streamed: string | undefined;
}

/**
 * Of the operations whose method and path fit, the one that asks for most: for parameters in its path's query, for
 * required members in the query and in headers. That is what tells UploadPartCopy from UploadPart from PutObject.
 */
export function createRestRouter(model: ServiceModel): RestRouter {
  const byMethod = new Map<string, Candidate[]>();
  for (const [name, operation] of Object.entries(model.operations)) {
    const candidate = candidateOf(model, name, operation);
    byMethod.set(candidate.method, [...(byMethod.get(candidate.method) ?? []), candidate]);
  }
  for (const candidates of byMethod.values()) candidates.sort((a, b) => b.asks - a.asks || compare(a.name, b.name));
  return {
    find({ method, path, query, headers }) {
      const segments = path.replace(/^\//, '').split('/');
      const pairs = new Map(readPairs(query, true));
      for (const candidate of byMethod.get(method) ?? []) {
        if (!candidate.literals.every(([name, value]) => (value === '' ? pairs.has(name) : pairs.get(name) === value)))
          continue;
        if (!candidate.queries.every((name) => pairs.has(name))) continue;
        if (!candidate.headers.every((name) => headers.has(name))) continue;
        const labels = matchPath(candidate.segments, segments);
        if (labels) return { operation: candidate.name, labels, streamed: candidate.streamed };
      }
      return undefined;
    },
  };
}

interface Candidate {
  readonly name: string;
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly literals: readonly (readonly [name: string, value: string])[];
  /** Required. */
  readonly queries: readonly string[];
  /** Required. */
  readonly headers: readonly string[];
  readonly asks: number;
  readonly streamed: string | undefined;
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

function candidateOf(model: ServiceModel, name: string, operation: OperationModel): Candidate {
  const { http } = operation;
  assert(http, `${name} has an HTTP binding`);
  const [path = '', query = ''] = http.uri.split('?');
  // x-id is there for the SDK's own sake: other clients do not send it.
  const literals = readPairs(query, false).filter(([literal]) => literal !== 'x-id');
  const shape = operation.input === undefined ? undefined : model.shapes[operation.input];
  const members = shape && 'members' in shape ? Object.entries(shape.members) : [];
  const isRequired = (member: string): boolean =>
    shape !== undefined && 'required' in shape && shape.required.includes(member);
  const at = (location: string): string[] =>
    members
      .filter(([member, of]) => of.location === location && isRequired(member))
      .map(([member, of]) => of.locationName ?? member);
  const queries = at('query');
  const headers = at('header').map((header) => header.toLowerCase());
  return {
    name,
    method: http.method,
    segments: path.replace(/^\//, '').split('/').map(segmentOf),
    literals,
    queries,
    headers,
    asks: 2 * literals.length + queries.length + headers.length,
    streamed: members.find(([, of]) => of.streaming === true)?.[0],
  };
}

function segmentOf(text: string): Segment {
  const found = /^\{([A-Za-z0-9]+)(\+?)\}$/.exec(text);
  if (!found?.[1]) return { kind: 'literal', text };
  return { kind: found[2] === '+' ? 'greedy' : 'label', name: found[1] };
}

function matchPath(wanted: readonly Segment[], given: readonly string[]): ReadonlyMap<string, string> | undefined {
  const labels = new Map<string, string>();
  for (const [index, segment] of wanted.entries()) {
    const text = given[index];
    if (text === undefined) return undefined;
    if (segment.kind === 'literal') {
      if (segment.text !== text) return undefined;
      continue;
    }
    const value = decodePath(segment.kind === 'greedy' ? given.slice(index).join('/') : text);
    if (value === undefined || value === '') return undefined;
    labels.set(segment.name, value);
    if (segment.kind === 'greedy') return labels;
  }
  return given.length === wanted.length ? labels : undefined;
}

/** Percent-decoded as UTF-8; a raw byte outside ASCII reaches us as one character. Undefined where it is not UTF-8. */
export function decodePath(text: string): string | undefined {
  try {
    return decodeURIComponent(
      text.replace(/[\u0080-\u00ff]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
    );
  } catch {
    return undefined; // no client means such a path
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
