/** What is known of a request besides principal, action and resource. Names are in lower case: AWS's are in any. */
export interface Context {
  /** The values of a key, undefined when the request has no such key. */
  get(lowerCaseName: string): readonly string[] | undefined;
}

/** A context of the values in a record, names in any case. */
export function contextOf(values: Readonly<Record<string, string | readonly string[]>>): Context {
  const byName = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(values)) {
    byName.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return byName;
}
