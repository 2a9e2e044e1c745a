import type {
  CapacityProvider,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  Failure,
} from '@aws-sdk/client-ecs';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { takePage } from '../../../core/page.ts';
import { invalidParameter, throwFirst } from '../errors.ts';
import { pageAsked } from '../paging.ts';
import type { EcsParts } from '../parts.ts';
import { capacityProviderArnOf, findCluster } from '../references.ts';
import { fargateCapacityProviders } from '../rules/capacity-provider-strategy.ts';
import { limits } from '../rules/limits.ts';
import { notOneOf } from '../rules/refusal.ts';

/** The capacity providers that are named, or all there are: Fargate's two. Of a cluster those that it has. */
export const describeCapacityProviders: Operation<
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  EcsParts
> = (input, { call, store }) => {
  for (const field of input.include ?? []) throwFirst(notOneOf('include', field, ['TAGS']));
  const named = input.capacityProviders ?? [];
  if (named.length > limits.describedCapacityProviders) {
    throw invalidParameter(`capacityProviders can have at most ${limits.describedCapacityProviders} items.`);
  }
  const { size, afterKey = '' } = pageAsked(input, limits.capacityProvidersPage);
  return store.view((reader) => {
    const own = input.cluster === undefined ? undefined : findCluster(reader, call, input.cluster).capacityProviders;
    const present = new Map(
      (own ?? fargateCapacityProviders).map((name) => [capacityProviderArnOf(call, name), name] as const),
    );
    const wanted = named.length > 0 ? named.map((one) => capacityProviderArnOf(call, one)) : [...present.keys()];
    const described: Answer<CapacityProvider>[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(wanted)) {
      const name = present.get(arn);
      if (name === undefined) failures.push({ arn, reason: 'MISSING' });
      else described.push({ capacityProviderArn: arn, name, status: 'ACTIVE', type: typeOf(name), tags: [] });
    }
    const after = described.filter(({ capacityProviderArn = '' }) => capacityProviderArn > afterKey);
    const { items, nextToken } = takePage(after, size, ({ capacityProviderArn = '' }) => capacityProviderArn);
    return { capacityProviders: items, failures, nextToken };
  });
};

function typeOf(name: string): 'FARGATE' | 'FARGATE_SPOT' {
  return name === 'FARGATE_SPOT' ? 'FARGATE_SPOT' : 'FARGATE';
}
