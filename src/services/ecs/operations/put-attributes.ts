import type { PutAttributesRequest, PutAttributesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { attributeTarget } from '../attribute-target.ts';
import { attributeLimitExceeded, throwFirst } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { attributeRefusals, isCustomAttribute } from '../rules/attributes.ts';
import { limits } from '../rules/limits.ts';
import { containerInstances } from '../tables.ts';

/** Puts attributes on container instances; an attribute that an instance has already takes the new value. */
export const putAttributes: Operation<PutAttributesRequest, PutAttributesResponse, EcsParts> = async (
  input,
  { call, store },
) => {
  throwFirst(attributeRefusals(input.attributes));
  return await store.update((tx) => {
    const cluster = findCluster(tx, call, input.cluster);
    const attributes = input.attributes.map((attribute) => {
      const instance = attributeTarget(tx, call, cluster, attribute);
      const { name, value } = attribute;
      const kept = value === undefined ? { name } : { name, value };
      const others = instance.attributes.filter((other) => other.name !== name);
      const all = [...others, kept];
      if (all.filter(isCustomAttribute).length > limits.customAttributesPerInstance) {
        throw attributeLimitExceeded(
          `A container instance can have at most ${limits.customAttributesPerInstance} custom attributes.`,
        );
      }
      tx.put(containerInstances, { ...instance, attributes: all });
      return { ...kept, targetId: instance.arn };
    });
    return { attributes };
  });
};
