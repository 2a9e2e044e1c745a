/** Whether a creation template's prefix is that of a repository: whole parts of its name, or `ROOT`, which is all. */
export function startsWithTemplate(name: string, prefix: string): boolean {
  if (prefix === 'ROOT') return true;
  return name === prefix || name.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}
