import type { AssumeRoleRequest } from '@aws-sdk/client-sts';
import type { Permission, Permissions } from '../../aws/permission.ts';
import { findRole } from '../iam/public.ts';

/** The role's trust policy decides: by it alone for whom it names, together with the caller's own policies otherwise. */
const assumeRole: Permissions<AssumeRoleRequest> = (input, { call, reader }) => {
  const role = findRole(reader, call.accountId, input.RoleArn);
  const tags = input.Tags ?? [];
  const conditions: Record<string, string | readonly string[]> = { 'sts:RoleSessionName': input.RoleSessionName };
  if (input.ExternalId !== undefined) conditions['sts:ExternalId'] = input.ExternalId;
  if (input.SourceIdentity !== undefined) conditions['sts:SourceIdentity'] = input.SourceIdentity;
  if (input.TransitiveTagKeys?.length) conditions['sts:TransitiveTagKeys'] = input.TransitiveTagKeys;
  if (tags.length > 0) conditions['aws:TagKeys'] = tags.map(({ Key }) => Key);
  for (const { Key, Value } of tags) conditions[`aws:RequestTag/${Key}`] = Value;
  const asked = (action: string): Permission => ({
    action,
    resources: [input.RoleArn],
    conditions,
    ...(role && { resourcePolicy: role.trustPolicy }),
    resourcePolicyDecides: true,
    resourceAccountId: input.RoleArn.split(':')[4] ?? '',
  });
  return [
    asked('sts:AssumeRole'),
    ...(tags.length > 0 ? [asked('sts:TagSession')] : []),
    ...(input.SourceIdentity === undefined ? [] : [asked('sts:SetSourceIdentity')]),
  ];
};

/** Whoever holds keys may learn whose they are, and a user may always have temporary ones. */
const freeForAll: Permissions<object> = () => [];

export const stsPermissions: Readonly<Record<string, Permissions<never>>> = {
  AssumeRole: assumeRole,
  // Its token speaks for the caller, and the operation asks the trust policy about it.
  AssumeRoleWithWebIdentity: freeForAll,
  GetCallerIdentity: freeForAll,
  GetSessionToken: freeForAll,
};
