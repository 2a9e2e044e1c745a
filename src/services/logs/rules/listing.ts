import { decodeToken } from '../../../core/page.ts';
import { invalidParameter } from '../errors.ts';

/** Records in order of their names, those only whose name starts with `prefix`, after `afterName`. */
export function* startingWith<R extends { readonly name: string }>(source: {
  readonly prefix: string;
  readonly afterName: string | undefined;
  readonly named: (name: string) => R | undefined;
  readonly after: (name: string) => Iterable<R>;
}): Generator<R> {
  const { prefix, afterName } = source;
  const isPast = afterName !== undefined && afterName >= prefix;
  const first = isPast ? undefined : source.named(prefix); // a listing goes on after a key, and the prefix may be one
  if (first) yield first;
  for (const record of source.after(isPast ? afterName : prefix)) {
    if (!record.name.startsWith(prefix)) return;
    yield record;
  }
}

/** The name a listing goes on after. Throws InvalidParameterException for what is not one of our tokens. */
export function afterToken(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  const name = decodeToken(token);
  if (name === undefined) throw invalidParameter('The specified nextToken is invalid.');
  return name;
}
