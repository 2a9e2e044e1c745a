/**
 * Regular expressions as clients of AWS write them, for services in Java or for Docker in Go: what finds its answer in time
 * linear in the text. They come from a caller and run on every instance at every placement and on every line of a log, so an engine
 * that backtracks would let one expression stop everything; here all ways through the pattern are walked at once.
 */
import { type Dialect, type Node, parsePattern } from './pattern-syntax.ts';

export interface Pattern {
  /** Whether the whole text matches, as String.matches does. */
  matches(text: string): boolean;
  /** Whether any part of the text matches. */
  isIn(text: string): boolean;
}

/** Steps that a pattern may have once its counted repetitions are written out. */
const stepLimit = 3000;

export function compilePattern(source: string, dialect: Dialect = 'java'): Pattern | { readonly error: string } {
  const parsed = parsePattern(source, dialect);
  if ('error' in parsed) return parsed;
  const program: Step[] = [];
  if (!emit(program, parsed.node)) {
    return { error: `The regular expression repeats too much: it has more than ${stepLimit} steps.` };
  }
  program.push({ kind: 'match' });
  return { matches: (text) => run(program, text), isIn: (text) => search(program, text) };
}

type Step =
  | { readonly kind: 'character'; readonly accepts: (character: string) => boolean }
  | { readonly kind: 'assert'; readonly holds: (before: string, after: string) => boolean }
  /** Goes on at each of the places. */
  | { readonly kind: 'fork'; readonly to: number[] }
  | { readonly kind: 'match' };

/** Adds the steps of a node; false when that would be too many. */
function emit(program: Step[], node: Node): boolean {
  if (program.length > stepLimit) return false;
  switch (node.kind) {
    case 'character':
    case 'assert':
      program.push(node);
      return true;
    case 'sequence':
      return node.items.every((item) => emit(program, item));
    case 'choice': {
      const fork: number[] = [];
      const ends: number[][] = [];
      program.push({ kind: 'fork', to: fork });
      for (const option of node.options) {
        fork.push(program.length);
        if (!emit(program, option)) return false;
        const end: number[] = [];
        ends.push(end);
        program.push({ kind: 'fork', to: end });
      }
      for (const end of ends) end.push(program.length);
      return true;
    }
    case 'repeat':
      return emitRepeat(program, node);
  }
}

function emitRepeat(program: Step[], { item, min, max }: Extract<Node, { kind: 'repeat' }>): boolean {
  for (let times = 0; times < min; times += 1) if (!emit(program, item)) return false;
  if (max === Number.POSITIVE_INFINITY) {
    const at = program.length;
    const fork: number[] = [at + 1];
    program.push({ kind: 'fork', to: fork });
    if (!emit(program, item)) return false;
    program.push({ kind: 'fork', to: [at] });
    fork.push(program.length);
    return true;
  }
  const skips: number[][] = [];
  for (let times = min; times < max; times += 1) {
    const fork: number[] = [program.length + 1];
    program.push({ kind: 'fork', to: fork });
    skips.push(fork);
    if (!emit(program, item)) return false;
  }
  for (const skip of skips) skip.push(program.length);
  return true;
}

function run(program: readonly Step[], text: string): boolean {
  const characters = Array.from(text);
  let places = reach(program, [0], '', characters[0] ?? '');
  for (const [index, character] of characters.entries()) {
    const next: number[] = [];
    for (const place of places) {
      const step = program[place];
      if (step?.kind === 'character' && step.accepts(character)) next.push(place + 1);
    }
    if (next.length === 0) return false;
    places = reach(program, next, character, characters[index + 1] ?? '');
  }
  return places.some((place) => program[place]?.kind === 'match');
}

/** As `run`, but a way may begin at each character and the first that comes to the end will do. */
function search(program: readonly Step[], text: string): boolean {
  const characters = Array.from(text);
  let before = '';
  let open: readonly number[] = [];
  for (let index = 0; index <= characters.length; index += 1) {
    const character = characters[index] ?? '';
    const places = reach(program, [...open, 0], before, character);
    if (places.some((place) => program[place]?.kind === 'match')) return true;
    const next: number[] = [];
    for (const place of places) {
      const step = program[place];
      if (character !== '' && step?.kind === 'character' && step.accepts(character)) next.push(place + 1);
    }
    open = next;
    before = character;
  }
  return false;
}

/** All places that can be reached without taking a character. */
function reach(program: readonly Step[], from: readonly number[], before: string, after: string): readonly number[] {
  const seen = new Uint8Array(program.length);
  const reached: number[] = [];
  const open = [...from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen[place]) continue;
    seen[place] = 1;
    const step = program[place];
    if (step?.kind === 'fork') open.push(...step.to);
    else if (step?.kind === 'assert') {
      if (step.holds(before, after)) open.push(place + 1);
    } else reached.push(place);
  }
  return reached;
}
