/** The manifest of SSM: the Parameter Store. */
import type { Service } from '../../aws/service.ts';
import { addTagsToResource } from './operations/add-tags-to-resource.ts';
import { deleteParameter } from './operations/delete-parameter.ts';
import { deleteParameters } from './operations/delete-parameters.ts';
import { describeParameters } from './operations/describe-parameters.ts';
import { getParameter } from './operations/get-parameter.ts';
import { getParameterHistory } from './operations/get-parameter-history.ts';
import { getParameters } from './operations/get-parameters.ts';
import { getParametersByPath } from './operations/get-parameters-by-path.ts';
import { labelParameterVersion } from './operations/label-parameter-version.ts';
import { listTagsForResource } from './operations/list-tags-for-resource.ts';
import { putParameter } from './operations/put-parameter.ts';
import { removeTagsFromResource } from './operations/remove-tags-from-resource.ts';
import { unlabelParameterVersion } from './operations/unlabel-parameter-version.ts';
import type { SsmParts } from './parts.ts';
import { permissions } from './permissions.ts';
import { parameters, versions } from './tables.ts';

export function ssmService(parts: SsmParts): Service<SsmParts> {
  return {
    name: 'ssm',
    model: async () => (await import('../../aws/models/ssm.gen.ts')).model,
    operations: {
      AddTagsToResource: addTagsToResource,
      DeleteParameter: deleteParameter,
      DeleteParameters: deleteParameters,
      DescribeParameters: describeParameters,
      GetParameter: getParameter,
      GetParameterHistory: getParameterHistory,
      GetParameters: getParameters,
      GetParametersByPath: getParametersByPath,
      LabelParameterVersion: labelParameterVersion,
      ListTagsForResource: listTagsForResource,
      PutParameter: putParameter,
      RemoveTagsFromResource: removeTagsFromResource,
      UnlabelParameterVersion: unlabelParameterVersion,
    },
    permissions,
    tables: [parameters, versions],
    projections: [],
    reconcilers: [],
    parts,
    sockets: {},
  };
}
