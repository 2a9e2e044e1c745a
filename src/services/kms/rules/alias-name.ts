import { AwsError } from '../../../aws/error.ts';

/** Throws InvalidAliasNameException or NotAuthorizedException. */
export function checkAliasName(aliasName: string): void {
  if (!aliasName.startsWith('alias/')) {
    throw new AwsError(
      'InvalidAliasNameException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(aliasName)) {
    throw new AwsError('InvalidAliasNameException', 'Alias contains invalid characters for an alias');
  }
  if (aliasName.startsWith('alias/aws/')) {
    throw new AwsError('NotAuthorizedException', '');
  }
}
