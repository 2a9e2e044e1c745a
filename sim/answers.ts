import { model as ecs } from '../src/aws/models/ecs.gen.ts';
import { model as monitoring } from '../src/aws/models/cloudwatch.gen.ts';
import { model as logs } from '../src/aws/models/logs.gen.ts';
import { model as secretsmanager } from '../src/aws/models/secretsmanager.gen.ts';
import type { Member, ServiceModel } from '../src/aws/model.ts';
import { withAgentMembers } from '../src/services/ecs/agents/agent-model.ts';

/** Where an answer, as the JSON on the wire, is other than its model says; undefined where it fits. */
export function misfitOf(service: ServiceName, operation: string, answer: unknown): string | undefined {
  const model = models[service];
  const output = model.operations[operation]?.output;
  return output === undefined ? undefined : misfit(model, output, answer, operation);
}

/** Those the workload calls. */
export type ServiceName = 'ecs' | 'logs' | 'monitoring' | 'secretsmanager';

const models: Readonly<Record<ServiceName, ServiceModel>> = {
  ecs: withAgentMembers(ecs),
  logs,
  monitoring,
  secretsmanager,
};

function misfit(model: ServiceModel, name: string, value: unknown, path: string): string | undefined {
  const shape = model.shapes[name];
  const kind = shape?.kind ?? name;
  switch (kind) {
    case 'structure':
    case 'union':
      if (shape?.kind !== 'structure' && shape?.kind !== 'union') return `${path} has no shape`;
      return structureMisfit(model, shape, value, path);
    case 'list':
      if (shape?.kind !== 'list' || !Array.isArray(value)) return `${path} is not a list`;
      for (const [index, item] of value.entries()) {
        const found = memberMisfit(model, shape.member, item, `${path}[${index}]`);
        if (found !== undefined) return found;
      }
      return undefined;
    case 'map':
      if (shape?.kind !== 'map' || !isObject(value)) return `${path} is not a map`;
      for (const [key, item] of Object.entries(value)) {
        const found = memberMisfit(model, shape.value, item, `${path}.${key}`);
        if (found !== undefined) return found;
      }
      return undefined;
    case 'string': {
      if (typeof value !== 'string') return `${path} is not a string`;
      const words = shape?.kind === 'string' ? shape.enum : undefined;
      return words && !words.includes(value) ? `${path} is ${value}, which is none of ${words.join(', ')}` : undefined;
    }
    case 'blob':
      return typeof value === 'string' ? undefined : `${path} is not base64`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${path} is not a boolean`;
    case 'integer':
    case 'long':
      return Number.isInteger(value) ? undefined : `${path} is not a whole number`;
    case 'float':
    case 'number':
    case 'timestamp':
      return Number.isFinite(value) ? undefined : `${path} is not a number`;
    case 'document':
      return undefined;
    default:
      return `${path} has the unknown shape ${name}`;
  }
}

function structureMisfit(
  model: ServiceModel,
  shape: { readonly members: Readonly<Record<string, Member>>; readonly required: readonly string[] },
  value: unknown,
  path: string,
): string | undefined {
  if (!isObject(value)) return `${path} is not an object`;
  const absent = shape.required.find((name) => value[shape.members[name]?.wireName ?? name] === undefined);
  if (absent !== undefined) return `${path} lacks ${absent}`;
  const byWireName = membersByWireName(shape.members);
  for (const [name, item] of Object.entries(value)) {
    const member = byWireName.get(name);
    const found = member ? memberMisfit(model, member, item, `${path}.${name}`) : `${path} has no member ${name}`;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Worked out once for each shape. */
function membersByWireName(members: Readonly<Record<string, Member>>): ReadonlyMap<string, Member> {
  const known = knownMembers.get(members);
  if (known) return known;
  const byWireName = new Map(Object.entries(members).map(([name, member]) => [member.wireName ?? name, member]));
  knownMembers.set(members, byWireName);
  return byWireName;
}

const knownMembers = new WeakMap<Readonly<Record<string, Member>>, ReadonlyMap<string, Member>>();

function memberMisfit(model: ServiceModel, member: Member, value: unknown, path: string): string | undefined {
  if (value === null) return `${path} is null`;
  return misfit(model, member.shape, value, path);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
