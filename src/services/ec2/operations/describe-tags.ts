import type { DescribeTagsRequest, DescribeTagsResult, TagDescription } from '@aws-sdk/client-ec2';
import type { Answer, Operation } from '../../../aws/operation.ts';
import { scopeKey } from '../../../core/scope.ts';
import { type Describable, describe } from '../rules/describe.ts';
import { resourceTags } from '../tables.ts';

export const describeTags: Operation<DescribeTagsRequest, DescribeTagsResult> = (input, { call, store }) => {
  const records = store.view((reader) => [...reader.find(resourceTags, 'scope', scopeKey(call))]);
  const all = records.flatMap(({ resourceId, resourceType, tags }) =>
    Object.entries(tags).map(([key, value]) => ({ resourceId, resourceType, key, value })),
  );
  const page = describe(
    all,
    { ids: undefined, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
    describableTag,
  );
  return {
    Tags: page.items.map(({ resourceId, resourceType, key, value }): Answer<TagDescription> => {
      return { ResourceId: resourceId, ResourceType: typeNamed(resourceType), Key: key, Value: value };
    }),
    ...(page.nextToken === undefined ? {} : { NextToken: page.nextToken }),
  };
};

interface OneTag {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly key: string;
  readonly value: string;
}

const taggedTypes = [
  'internet-gateway',
  'network-interface',
  'route-table',
  'security-group',
  'security-group-rule',
  'subnet',
  'vpc',
] as const;

function typeNamed(name: string): (typeof taggedTypes)[number] | undefined {
  return taggedTypes.find((type) => type === name);
}

const describableTag: Describable<OneTag> = {
  kind: 'tag',
  notFoundCode: 'InvalidParameterValue',
  id: ({ resourceId, key }) => `${resourceId}/${key}`,
  tags: ({ key, value }) => [{ Key: key, Value: value }],
  filters: {
    'resource-id': ({ resourceId }) => resourceId,
    'resource-type': ({ resourceType }) => resourceType,
    key: ({ key }) => key,
    value: ({ value }) => value,
  },
};
