import { AwsError } from '../error.ts';
import type { Member, ServiceModel, SimpleShape } from '../model.ts';
import { decodeBase64 } from './base64.ts';
import type { QueryNode } from './query-tree.ts';
import { isSimple, shapeOf } from './shape.ts';

/** How the two query protocols name things. */
export interface QueryNaming {
  readonly memberName: (name: string, member: Member) => string;
  /** Name of the level between a list and its items' numbers; undefined where there is none. */
  readonly itemName: (list: Member | undefined, item: Member) => string | undefined;
  readonly refuse: (path: string, value: string, kind: string) => AwsError;
}

export const queryNaming: QueryNaming = {
  memberName: (name, member) => member.wireName ?? name,
  itemName: (list, item) => (list?.flattened ? undefined : (item.wireName ?? 'member')),
  refuse: (path, value, kind) =>
    new AwsError('MalformedInput', `${path}: '${value.slice(0, 100)}' is not a valid ${kind}`, { status: 400 }),
};

export const ec2Naming: QueryNaming = {
  memberName: (name, member) => member.queryName ?? capitalized(member.wireName ?? name),
  itemName: () => undefined,
  refuse: (path, value, kind) =>
    new AwsError(
      'InvalidParameterValue',
      `Value (${value.slice(0, 100)}) for parameter ${path} is invalid. It must be a ${kind}.`,
      { status: 400 },
    ),
};

/** Reads an operation's input from the tree of parameters. `missing` takes the names of required members not there. */
export function readQueryInput(
  model: ServiceModel,
  shape: string,
  tree: QueryNode,
  naming: QueryNaming,
  missing: string[],
): object {
  const reader: Reader = { model, naming, missing };
  const read = readShape(reader, { shape }, tree, '');
  return typeof read === 'object' && read !== null ? read : {};
}

interface Reader {
  readonly model: ServiceModel;
  readonly naming: QueryNaming;
  readonly missing: string[];
}

function readShape(reader: Reader, member: Member, node: QueryNode, path: string): unknown {
  const shape = shapeOf(reader.model, member.shape);
  if (isSimple(shape)) return readSimple(reader, shape.kind, node.value ?? '', path);
  switch (shape.kind) {
    case 'structure':
    case 'union': {
      const result: Record<string, unknown> = {};
      for (const [name, of] of Object.entries(shape.members)) {
        const wireName = reader.naming.memberName(name, of);
        const at = path === '' ? wireName : `${path}.${wireName}`;
        const child = node.children.get(wireName);
        if (child) result[name] = readShape(reader, of, child, at);
        else if (shape.required.includes(name)) reader.missing.push(at);
      }
      return result;
    }
    case 'list': {
      const level = reader.naming.itemName(member, shape.member);
      const items = level === undefined ? node : node.children.get(level);
      return numbered(items).map(([number, item]) => readShape(reader, shape.member, item, `${path}.${number}`));
    }
    case 'map': {
      const entries = member.flattened ? node : node.children.get('entry');
      return Object.fromEntries(
        numbered(entries).map(([number, entry]): [string, unknown] => {
          const key = entry.children.get(shape.key.wireName ?? 'key')?.value ?? '';
          const value = entry.children.get(shape.value.wireName ?? 'value') ?? emptyNode;
          return [key, readShape(reader, shape.value, value, `${path}.${number}`)];
        }),
      );
    }
  }
}

const emptyNode: QueryNode = { children: new Map() };

/** The numbered children in the order of their numbers, whatever gaps there are. */
function numbered(node: QueryNode | undefined): readonly (readonly [number: number, node: QueryNode])[] {
  const items: (readonly [number, QueryNode])[] = [];
  for (const [name, child] of node?.children ?? []) {
    if (/^[0-9]{1,9}$/.test(name)) items.push([Number(name), child]);
  }
  return items.sort(([a], [b]) => a - b);
}

function readSimple(reader: Reader, kind: SimpleShape['kind'], value: string, path: string): unknown {
  const refused = (): never => {
    throw reader.naming.refuse(path, value, kind);
  };
  switch (kind) {
    case 'string':
    case 'document':
      return value;
    case 'boolean':
      return /^true$/i.test(value) ? true : /^false$/i.test(value) ? false : refused();
    case 'integer':
    case 'long':
      return /^-?[0-9]{1,19}$/.test(value) ? Number(value) : refused();
    case 'number':
    case 'float':
      return /^-?[0-9]{1,19}(\.[0-9]{1,19})?$/.test(value) ? Number(value) : refused();
    case 'blob':
      return decodeBase64(value) ?? refused();
    case 'timestamp': {
      const plausible = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?$/.test(value);
      const date = new Date(plausible ? value : Number.NaN);
      return Number.isNaN(date.getTime()) ? refused() : date;
    }
  }
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
