import { decodeToken, type Page, takePage } from '../../core/page.ts';
import { type Scope, scopeKey } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { invalidFilterKey, invalidToken, validation } from './errors.ts';
import { latestOf } from './references.ts';
import { parameterKey, type ParameterRecord, parameters, type VersionRecord } from './tables.ts';

export interface Filter {
  readonly Key?: string | undefined;
  readonly Option?: string | undefined;
  readonly Values?: readonly string[] | undefined;
}

export interface Found {
  readonly parameter: ParameterRecord;
  readonly latest: VersionRecord;
}

/** One page of the parameters that pass every filter, in the order of their names. */
export function matchingParameters(
  reader: Reader,
  scope: Scope,
  asked: {
    readonly size: number;
    readonly token: string | undefined;
    readonly filters: readonly Filter[];
    readonly isWanted?: (name: string) => boolean;
  },
): Page<Found> {
  const afterKey = asked.token === undefined ? undefined : decodeToken(asked.token);
  if (asked.token !== undefined && afterKey === undefined) throw invalidToken();
  const { isWanted = () => true } = asked;
  function* matching(): Generator<Found> {
    for (const parameter of reader.find(parameters, 'scope', scopeKey(scope), afterKey)) {
      if (!isWanted(parameter.name)) continue;
      const latest = latestOf(reader, parameter);
      if (asked.filters.every((filter) => passes({ parameter, latest }, filter))) yield { parameter, latest };
    }
  }
  return takePage(matching(), asked.size, ({ parameter }) => parameterKey(parameter, parameter.name));
}

/** Whether a name lies under a path: at its first level, or at any. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  if (!name.startsWith(prefix)) return prefix === '/' && recursive;
  return recursive || !name.slice(prefix.length).includes('/');
}

function passes({ parameter, latest }: Found, filter: Filter): boolean {
  const { Key: key = '', Option: option = 'Equals', Values: values = [] } = filter;
  if (key === 'Path') {
    if (option !== 'Recursive' && option !== 'OneLevel' && option !== 'Equals')
      throw validation('The Path filter takes Recursive or OneLevel.');
    return values.some((path) => isUnder(parameter.name, path, option === 'Recursive'));
  }
  if (key.startsWith('tag:')) {
    const value = parameter.tags.find(({ Key }) => Key === key.slice('tag:'.length))?.Value;
    return value !== undefined && (values.length === 0 || values.includes(value));
  }
  const words: Readonly<Record<string, readonly string[]>> = {
    Name: [parameter.name],
    Type: [latest.type],
    KeyId: latest.keyId === undefined ? [] : [latest.keyId],
    Label: latest.labels,
    Tier: [latest.tier],
    DataType: [latest.dataType],
  };
  const found = words[key];
  if (!found) throw invalidFilterKey(key);
  const holds = (word: string, value: string): boolean => {
    if (option === 'BeginsWith') return word.startsWith(value) || (key === 'Name' && word.startsWith(`/${value}`));
    if (option === 'Contains') return word.includes(value);
    return word === value || (key === 'Name' && word === `/${value}`);
  };
  return values.some((value) => found.some((word) => holds(word, value)));
}
