import { formatArn } from '../../core/arn.ts';

type Kind = 'user' | 'group' | 'role' | 'policy' | 'instance-profile' | 'oidc-provider';

/** ARN of one of IAM's things; its path, which begins and ends with a slash, is part of it. */
export function iamArn(
  kind: Kind,
  { accountId, path = '/', name }: { readonly accountId: string; readonly path?: string; readonly name: string },
): string {
  return formatArn({ service: 'iam', region: '', accountId, resource: `${kind}${path}${name}` });
}
