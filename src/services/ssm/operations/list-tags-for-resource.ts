import type { ListTagsForResourceRequest, ListTagsForResourceResult } from '@aws-sdk/client-ssm';
import type { Operation } from '../../../aws/operation.ts';
import type { SsmParts } from '../parts.ts';

import { taggedParameter } from '../tagged-parameter.ts';

export const listTagsForResource: Operation<ListTagsForResourceRequest, ListTagsForResourceResult, SsmParts> = (
  input,
  { call, store },
) => ({ TagList: [...store.view((reader) => taggedParameter(reader, call, input)).tags] });
