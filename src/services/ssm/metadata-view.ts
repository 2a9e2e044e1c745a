import type { ParameterMetadata } from '@aws-sdk/client-ssm';
import { parameterArn } from './references.ts';
import type { VersionRecord } from './tables.ts';

/** All of a version but its value. */
export function showMetadata(version: VersionRecord): ParameterMetadata {
  return {
    Name: version.name,
    ARN: parameterArn(version),
    Type: version.type,
    ...(version.keyId === undefined ? {} : { KeyId: version.keyId }),
    LastModifiedDate: new Date(version.modifiedAt),
    LastModifiedUser: version.modifiedBy,
    ...(version.description === undefined ? {} : { Description: version.description }),
    ...(version.allowedPattern === undefined ? {} : { AllowedPattern: version.allowedPattern }),
    Version: version.version,
    Tier: version.tier,
    Policies: [],
    DataType: version.dataType,
  };
}
