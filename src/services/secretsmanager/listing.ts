import { decodeToken, type Page, takePage } from '../../core/page.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { invalidParameter, invalidToken } from './errors.ts';
import { limits } from './rules/limits.ts';
import { secretKey, type SecretRecord, secrets } from './tables.ts';

export interface Listing {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
  readonly Filters?:
    | readonly { readonly Key?: string | undefined; readonly Values?: readonly string[] | undefined }[]
    | undefined;
  readonly IncludePlannedDeletion?: boolean | undefined;
}

/** One page of the secrets that every filter lets through. Throws InvalidNextTokenException, InvalidParameterException. */
export function matchingSecrets(reader: Reader, scope: Scope, listing: Listing): Page<SecretRecord> {
  const size = listing.MaxResults ?? limits.page;
  if (size < 1 || size > limits.page) throw invalidParameter(`MaxResults must be between 1 and ${limits.page}.`);
  const afterKey = listing.NextToken === undefined ? undefined : decodeToken(listing.NextToken);
  if (listing.NextToken !== undefined && afterKey === undefined) throw invalidToken();
  const wanted = matching(reader.find(secrets, 'scope', scopeKey(scope), afterKey), listing);
  return takePage(wanted, size, (secret) => secretKey(secret, secret.name));
}

function* matching(found: Iterable<SecretRecord>, listing: Listing): Generator<SecretRecord> {
  for (const secret of found) {
    if (secret.deletionAt !== undefined && !listing.IncludePlannedDeletion) continue;
    const isWanted = (listing.Filters ?? []).every(({ Key: key = '', Values: values = [] }) =>
      passes(wordsOf(secret, key), values, key !== 'name' && key !== 'tag-key' && key !== 'tag-value'),
    );
    if (isWanted) yield secret;
  }
}

/** A value matches by its beginning, a value after `!` by not matching; description and `all` regardless of case. */
function passes(words: readonly string[], values: readonly string[], anyCase: boolean): boolean {
  const fold = (text: string): string => (anyCase ? text.toLowerCase() : text);
  return values.some((value) => {
    const isNegated = value.startsWith('!');
    const wanted = fold(isNegated ? value.slice(1) : value);
    return words.some((word) => fold(word).startsWith(wanted)) !== isNegated;
  });
}

function wordsOf(secret: SecretRecord, key: string): readonly string[] {
  const description = (secret.description ?? '').split(/\s+/);
  const tagKeys = secret.tags.map(({ Key }) => Key);
  const tagValues = secret.tags.map(({ Value }) => Value);
  const words: Readonly<Record<string, readonly string[]>> = {
    name: [secret.name],
    description: [secret.description ?? '', ...description],
    'tag-key': tagKeys,
    'tag-value': tagValues,
    'primary-region': [],
    'owning-service': [],
    all: [secret.name, ...secret.name.split(/[/_+=.@-]/), ...description, ...tagKeys, ...tagValues],
  };
  const found = words[key];
  if (!found) throw invalidParameter(`The filter key '${key}' is not valid.`);
  return found;
}
