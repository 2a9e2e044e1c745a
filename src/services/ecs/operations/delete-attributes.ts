import type { DeleteAttributesRequest, DeleteAttributesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { attributeTarget } from '../attribute-target.ts';
import { throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { attributeRefusals } from '../rules/attributes.ts';
import { containerInstances } from '../tables.ts';

/** Takes attributes off container instances; given a value, only where the attribute has it. */
export const deleteAttributes: Operation<DeleteAttributesRequest, DeleteAttributesResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  throwFirst(attributeRefusals(input.attributes));
  return await store.update((tx) => {
    const cluster = findCluster(tx, call, input.cluster);
    const attributes = input.attributes.map((attribute) => {
      const instance = attributeTarget(tx, call, cluster, attribute);
      const { name, value } = attribute;
      const left = instance.attributes.filter(
        (other) => other.name !== name || (value !== undefined && other.value !== value),
      );
      tx.put(containerInstances, { ...instance, attributes: left });
      return { name, ...(value === undefined ? {} : { value }), targetId: instance.arn };
    });
    return { attributes };
  });
};
