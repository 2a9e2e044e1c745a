/**
 * IAM's wildcards: `*` is any run of characters (colons and slashes too), `?` exactly one. Matching is linear in pattern
 * times text at worst and never backtracks further than the last star: policies are written by users.
 */
export interface Glob {
  matches(text: string): boolean;
}

/** Inside patterns wildcards are these two characters, so that a `*` that came from a variable is only itself. */
const star = '\uE000';
const one = '\uE001';

/** The pattern as a policy writes it, in the inner form. */
export function markWildcards(text: string): string {
  return text.replaceAll('*', star).replaceAll('?', one);
}

/** Text that is to mean only itself; undefined when it holds a character that would mean more. */
export function literalText(text: string): string | undefined {
  return text.includes(star) || text.includes(one) ? undefined : text;
}

/** Of a pattern in the inner form. Most are a text, or a text and a star: those are a comparison. */
export function compileGlob(pattern: string): Glob {
  const firstStar = pattern.indexOf(star);
  const firstOne = pattern.indexOf(one);
  if (firstStar === -1 && firstOne === -1) return { matches: (text) => text === pattern };
  if (firstOne === -1 && firstStar === pattern.length - 1) {
    const prefix = pattern.slice(0, -1);
    return prefix === '' ? anything : { matches: (text) => text.startsWith(prefix) };
  }
  return { matches: (text) => matchGlob(pattern, text) };
}

const anything: Glob = { matches: () => true };

export function matchGlob(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === star) {
      starAt = inPattern;
      resumeAt = at;
      inPattern += 1;
    } else if (wanted !== undefined && (wanted === one || wanted === text[at])) {
      inPattern += 1;
      at += 1;
    } else if (starAt !== -1) {
      inPattern = starAt + 1;
      resumeAt += 1;
      at = resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === star) inPattern += 1;
  return inPattern === pattern.length;
}
