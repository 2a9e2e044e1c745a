import type { Attribute, ListAttributesRequest, ListAttributesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import type { Reader } from '../../../store/store.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import { pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { notOneOf } from '../rules/refusal.ts';
import { type ContainerInstanceRecord, containerInstances } from '../tables.ts';

/** The attributes of a cluster's container instances, by name and value where given. */
export const listAttributes: Operation<ListAttributesRequest, ListAttributesResponse, EcsParts> = (
  input,
  { call, store },
) => {
  const { size, afterKey } = pageAsked(input);
  throwFirst(notOneOf('targetType', input.targetType, ['container-instance']));
  if (input.attributeValue !== undefined && input.attributeName === undefined) {
    throw invalidParameter('To filter by attributeValue, you must also specify an attributeName.');
  }
  return store.view((reader) => {
    const cluster = findCluster(reader, call, input.cluster);
    const listed = attributesAfter(reader, cluster.arn, afterKey, (name, value) =>
      input.attributeName === undefined
        ? true
        : name === input.attributeName && (input.attributeValue === undefined || value === input.attributeValue),
    );
    const { items, nextToken } = takePage(listed, size, (item) => `${item.targetId} ${item.name}`);
    return { attributes: items, nextToken };
  });
};

/** Instances in key order, on each its attributes by name; the key of an attribute is both with a space between. */
function* attributesAfter(
  reader: Reader,
  clusterArn: string,
  afterKey: string | undefined,
  wanted: (name: string, value: string | undefined) => boolean,
): Generator<Attribute> {
  const [afterArn, afterName = ''] = afterKey?.split(' ') ?? [];
  const begun = afterArn === undefined ? undefined : reader.get(containerInstances, afterArn);
  if (begun && begun.clusterArn === clusterArn && begun.status !== 'INACTIVE') {
    for (const attribute of attributesOf(begun)) {
      if (attribute.name !== undefined && attribute.name > afterName && wanted(attribute.name, attribute.value)) {
        yield attribute;
      }
    }
  }
  for (const instance of reader.find(containerInstances, 'cluster', clusterArn, afterArn)) {
    for (const attribute of attributesOf(instance)) {
      if (attribute.name !== undefined && wanted(attribute.name, attribute.value)) yield attribute;
    }
  }
}

function attributesOf(instance: ContainerInstanceRecord): readonly Attribute[] {
  return instance.attributes
    .map(({ name, value }) => ({ name, ...(value === undefined ? {} : { value }), targetId: instance.arn }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
