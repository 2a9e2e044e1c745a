import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { Answer, Parsed } from '../../aws/operation.ts';
import { AwsError } from '../../aws/error.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { resourceTags } from './tables.ts';

/** Tags of any resource of EC2, by its id: EC2 has one set of operations for all of them. */
export function tagsOf(reader: Reader, resourceId: string): readonly Answer<Tag>[] {
  const tags = reader.get(resourceTags, resourceId)?.tags ?? {};
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Lays tags over those the resource has. */
export function putTags(
  tx: Transaction,
  { accountId, region }: Scope,
  resource: { readonly resourceId: string; readonly resourceType: string },
  given: readonly Parsed<Tag>[],
): void {
  if (given.length === 0) return;
  const tags: Record<string, string> = { ...tx.get(resourceTags, resource.resourceId)?.tags };
  for (const { Key: key = '', Value: value = '' } of given) {
    if (key === '' || key.length > 127) {
      throw new AwsError('InvalidParameterValue', 'Tag key must be between 1 and 127 characters long.');
    }
    if (value.length > 255) {
      throw new AwsError('InvalidParameterValue', 'Tag value exceeds the maximum length of 255 characters');
    }
    if (/^aws:/i.test(key)) {
      throw new AwsError('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use");
    }
    tags[key] = value;
  }
  if (Object.keys(tags).length > mostTags) {
    throw new AwsError('TagLimitExceeded', `The maximum number of Tags for a resource has been reached.`);
  }
  tx.put(resourceTags, { accountId, region, ...resource, tags });
}

const mostTags = 50;

/** What a request that makes a resource says of its tags. */
export function tagsGiven(
  specifications: readonly Parsed<TagSpecification>[] | undefined,
  resourceType: string,
): readonly Parsed<Tag>[] {
  return (specifications ?? []).flatMap((specification) => {
    if (specification.ResourceType !== resourceType) {
      const said = specification.ResourceType ?? '';
      throw new AwsError(
        'InvalidParameterValue',
        `'${said}' is not a valid taggable resource type for this operation.`,
      );
    }
    return specification.Tags ?? [];
  });
}
