/** Deep equality of plain JSON-like values. A member that is undefined counts as absent, as it does in JSON. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
    );
  }
  if (!hasMembers(a) || !hasMembers(b)) return false;
  let members = 0;
  for (const name of Object.keys(a)) {
    const value = a[name];
    if (value === undefined) continue;
    if (!Object.hasOwn(b, name) || !equal(value, b[name])) return false;
    members += 1;
  }
  for (const name of Object.keys(b)) if (b[name] !== undefined) members -= 1;
  return members === 0;
}

/** Tells the compiler what every object is: asking by copying costs more than the comparison. */
function hasMembers(value: object): value is Members {
  return typeof value === 'object';
}

type Members = Readonly<Record<string, unknown>>;
