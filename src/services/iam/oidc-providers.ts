import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { constraintBroken, invalidInput, limitExceeded, noSuchEntity } from './errors.ts';
import { limits } from './rules/limits.ts';
import { type OidcProviderRecord, oidcProviders } from './tables.ts';

export function findProvider(reader: Reader, { accountId }: Pick<Call, 'accountId'>, arn: string): OidcProviderRecord {
  const provider = reader.get(oidcProviders, arn);
  if (provider?.accountId === accountId) return provider;
  throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
}

/** The issuer without its scheme, as it stands in the provider's ARN. */
export function providerUrl(url: string): string {
  const found = /^https:\/\/([^\s/?#]+(\/[^\s?#]*)?)$/.exec(url);
  if (!found?.[1] || url.length > 255) throw invalidInput('Invalid Open ID Connect Provider URL');
  return found[1];
}

export function checkedClientIds(clientIds: readonly string[]): readonly string[] {
  if (clientIds.length > limits.clientIdsPerOidcProvider) {
    throw limitExceeded('ClientIdsPerOpenIdConnectProvider', limits.clientIdsPerOidcProvider);
  }
  const wrong = clientIds.find((id) => id.length < 1 || id.length > 255);
  if (wrong !== undefined)
    throw constraintBroken(wrong, 'clientIDList', 'Member must have length less than or equal to 255');
  return clientIds;
}

export function checkedThumbprints(thumbprints: readonly string[]): readonly string[] {
  if (thumbprints.length > limits.thumbprintsPerOidcProvider) {
    throw invalidInput(`Thumbprint list must contain fewer than ${limits.thumbprintsPerOidcProvider + 1} entries.`);
  }
  const wrong = thumbprints.find((thumbprint) => !/^[0-9a-fA-F]{40}$/.test(thumbprint));
  if (wrong !== undefined) throw constraintBroken(wrong, 'thumbprintList', 'Member must have length equal to 40');
  return thumbprints;
}
