import type { Context } from './context.ts';
import { compileGlob, type Glob, literalText, markWildcards } from './glob.ts';

/**
 * A text of a policy that may hold variables: `${aws:username}`, `${aws:PrincipalTag/home, 'default'}`, and `${*}`,
 * `${?}`, `${$}` for the characters themselves.
 */
export interface Template {
  /** In the inner form of glob.ts where wildcards are read; undefined when a variable has no value. */
  resolve(context: Context): string | undefined;
}

/** A template as a pattern, compiled once where it holds no variables. */
export interface GlobTemplate {
  glob(context: Context): Glob | undefined;
}

export interface TemplateOptions {
  /** Only policies of version 2012-10-17 have variables; in older ones they are plain text. */
  readonly variables: boolean;
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
}

export function compileTemplate(text: string, options: TemplateOptions): Template {
  const pieces = readPieces(text, options);
  const constant = pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : undefined;
  if (constant !== undefined) return { resolve: () => constant };
  return {
    resolve(context) {
      let resolved = '';
      for (const piece of pieces) {
        const value = typeof piece === 'string' ? piece : valueOf(piece, context);
        if (value === undefined) return undefined;
        resolved += value;
      }
      return resolved;
    },
  };
}

export function compileGlobTemplate(text: string, variables: boolean): GlobTemplate {
  const pieces = readPieces(text, { variables, wildcards: true });
  if (pieces.every((piece) => typeof piece === 'string')) {
    const glob = compileGlob(pieces.join(''));
    return { glob: () => glob };
  }
  const template = compileTemplate(text, { variables, wildcards: true });
  return {
    glob(context) {
      const pattern = template.resolve(context);
      return pattern === undefined ? undefined : compileGlob(pattern);
    },
  };
}

interface Variable {
  /** In lower case. */
  readonly key: string;
  readonly fallback: string | undefined;
}

type Piece = string | Variable;

function readPieces(text: string, { variables, wildcards }: TemplateOptions): readonly Piece[] {
  const plain = (part: string): string => (wildcards ? markWildcards(part) : part);
  if (!variables || !text.includes('${')) return [plain(text)];
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of text.matchAll(/\$\{([^{}]*)\}/g)) {
    pieces.push(plain(text.slice(end, found.index)));
    pieces.push(readVariable(found[1] ?? ''));
    end = found.index + found[0].length;
  }
  pieces.push(plain(text.slice(end)));
  return pieces;
}

function readVariable(inside: string): Piece {
  if (inside === '*' || inside === '?' || inside === '$') return inside;
  const withDefault = /^([^,]*?)\s*,\s*'([^']*)'\s*$/.exec(inside);
  return { key: (withDefault?.[1] ?? inside).trim().toLowerCase(), fallback: withDefault?.[2] };
}

/** A key with several values cannot be a variable; text from the request is never a pattern. */
function valueOf({ key, fallback }: Variable, context: Context): string | undefined {
  const values = context.get(key);
  const value = values === undefined || values.length === 0 ? fallback : values.length === 1 ? values[0] : undefined;
  return value === undefined ? undefined : literalText(value);
}
