/** Deep equality of plain JSON-like values. A member that is undefined counts as absent, as it does in JSON. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
    );
  }
  const left: Members = { ...a };
  const right: Members = { ...b };
  let members = 0;
  for (const name in left) {
    const value = left[name];
    if (value === undefined) continue;
    if (!Object.hasOwn(right, name) || !equal(value, right[name])) return false;
    members += 1;
  }
  for (const name in right) if (right[name] !== undefined) members -= 1;
  return members === 0;
}

type Members = Readonly<Record<string, unknown>>;
