import { AwsError } from '../error.ts';
import { readPairs } from '../request-head.ts';

/** The parameters of a query request as a tree: `Filter.1.Name=x` is under Filter, under 1, under Name. */
export interface QueryNode {
  value?: string;
  readonly children: Map<string, QueryNode>;
}

/** Reads a form and the query of the target, which AWS lets parameters come in as well. */
export function readQueryTree(body: Uint8Array, query: string): QueryNode {
  const root: QueryNode = { children: new Map() };
  for (const [name, value] of readPairs(query, true)) {
    // A presigned URL's own parameters are none of the operation's.
    if (!name.startsWith('X-Amz-')) put(root, name, value);
  }
  for (const [name, value] of readPairs(decodeBody(body), true)) put(root, name, value);
  return root;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeBody(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new AwsError('MalformedQueryString', 'The request body is not valid UTF-8.', { status: 400 });
  }
}

function put(root: QueryNode, name: string, value: string): void {
  const segments = name.split('.', depthLimit + 1);
  if (segments.length > depthLimit) {
    throw new AwsError('MalformedQueryString', 'A parameter name has too many parts.', { status: 400 });
  }
  let node = root;
  for (const segment of segments) {
    let child = node.children.get(segment);
    if (!child) {
      child = { children: new Map() };
      node.children.set(segment, child);
    }
    node = child;
  }
  node.value = value;
}

const depthLimit = 64;
