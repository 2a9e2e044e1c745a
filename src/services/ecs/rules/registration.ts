import type { Attribute } from '@aws-sdk/client-ecs';
import { fargatePoolAttribute } from '../../../agent/contract.ts';
import type { ContainerInstanceRecord, Kept } from '../tables.ts';

type Attributes = readonly Kept<Attribute>[];

/** What an instance says of itself when it registers, as far as it decides what kind of instance it becomes. */
export function capacityKind(attributes: Attributes): ContainerInstanceRecord['capacity'] {
  const names = new Set(attributes.map(({ name }) => name));
  if (names.has(fargatePoolAttribute)) return 'FARGATE';
  return names.has('ecs.capability.external') ? 'EXTERNAL' : 'EC2';
}

/**
 * The attributes of the record: those the agent sent, unchanged (it dies when one does not come back as it was), with
 * what the server knows, and with those that users put on the instance before. Capabilities that the agent does not
 * name any more are gone.
 */
export function registeredAttributes(
  sent: Attributes,
  identity: InstanceIdentity | undefined,
  region: string,
  before: Attributes,
): Attributes {
  const names = new Set(sent.map(({ name }) => name));
  const added: Attributes = [
    { name: availabilityZoneAttribute, value: identity?.availabilityZone ?? `${region}a` },
    ...(identity?.instanceType ? [{ name: instanceTypeAttribute, value: identity.instanceType }] : []),
    ...(identity?.imageId ? [{ name: 'ecs.ami-id', value: identity.imageId }] : []),
  ].filter(({ name }) => !names.has(name));
  for (const { name } of added) names.add(name);
  const kept = before.filter(({ name }) => !names.has(name) && !isCapability(name));
  return [...sent, ...added, ...kept];
}

export const availabilityZoneAttribute = 'ecs.availability-zone';
export const instanceTypeAttribute = 'ecs.instance-type';

/** Names that agents own; every other attribute is a user's. */
function isCapability(name: string): boolean {
  return name.startsWith('ecs.') || name.startsWith('com.amazonaws.ecs.') || name.startsWith('longshore.');
}

/** What an EC2 instance identity document says. */
export interface InstanceIdentity {
  readonly instanceId?: string;
  readonly availabilityZone?: string;
  readonly instanceType?: string;
  readonly imageId?: string;
}

/**
 * Differs from AWS: the document's signature is not verified, as it is EC2's and no machine here is EC2's. Nothing but
 * names and attributes is taken from it; who may serve the instance is decided by the caller's own signature.
 */
export function parseIdentity(document: string | undefined): InstanceIdentity | undefined {
  if (!document) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    return undefined; // an agent without instance metadata sends an empty or made-up text
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  const text = (name: keyof InstanceIdentity): InstanceIdentity => {
    const member = members[name];
    return typeof member === 'string' && member !== '' ? { [name]: member } : {};
  };
  return { ...text('instanceId'), ...text('availabilityZone'), ...text('instanceType'), ...text('imageId') };
}

/** Why a registration may not replace the earlier one of the same instance; undefined when it may. */
export function typeChange(
  before: Pick<ContainerInstanceRecord, 'id' | 'capacity' | 'attributes'>,
  capacity: ContainerInstanceRecord['capacity'],
  attributes: Attributes,
): string | undefined {
  const type = (of: Attributes): string | undefined => of.find(({ name }) => name === instanceTypeAttribute)?.value;
  const was = type(before.attributes);
  const is = type(attributes);
  const sameType = was === undefined || is === undefined || was === is;
  if (sameType && before.capacity === capacity) return undefined;
  // The agent looks for the first sentence and stops for good when it finds it.
  return (
    'Container instance type changes are not supported. ' +
    `Container instance ${before.id} was previously registered as ${was ?? before.capacity}.`
  );
}
