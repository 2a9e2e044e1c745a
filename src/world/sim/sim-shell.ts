/**
 * What the process of a simulated container does: a small part of the POSIX shell, so that one task definition means
 * the same in the simulator and in a real engine. Known: lists with ; && || &, loops `while …; do …; done` and `until`,
 * quotes, $variables, output to stderr by >&2, and the commands of `builtins`. A trap acts at once, also during a sleep
 * (a real shell waits for its child; scripts that care write `sleep … & wait`, which acts at once in both).
 */
export type ProcessAction =
  | { readonly kind: 'print'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'sleep'; readonly forMs: number }
  | { readonly kind: 'exit'; readonly code: number }
  /** Takes memory without end: killed where there is a limit. */
  | { readonly kind: 'exhaust-memory' };

/** The process, one action after another; what it returns is its exit code. */
export type Process = Generator<ProcessAction, number>;

/** Environment and signal handlers of one shell. */
export interface ShellState {
  readonly env: ReadonlyMap<string, string>;
  /** By signal name without SIG: the script to run, empty to ignore. */
  readonly traps: Map<string, string>;
}

export function runScript(script: string, shell: ShellState): Process {
  return runList(parse(script), shell);
}

/** Runs one program with its arguments, or gives undefined when there is no such program. */
export function runProgram(words: readonly string[], shell: ShellState): Process | undefined {
  const [path = '', ...args] = words;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return builtins[name]?.(args, shell);
}

const foreverMs = 1e12;

const builtins: Readonly<Record<string, (args: readonly string[], shell: ShellState) => Process>> = {
  sh: runShell,
  bash: runShell,
  ash: runShell,
  *echo(args) {
    const [first, ...rest] = args;
    const words = first === '-e' || first === '-n' ? rest : args;
    for (const text of words.join(' ').split('\n')) yield { kind: 'print', stream: 'stdout', text };
    return 0;
  },
  *printf([format = '', ...args]) {
    const template = format.replaceAll('\\n', '\n');
    const text = args.length === 0 ? template : args.map((arg) => template.replaceAll('%s', arg)).join('');
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) yield { kind: 'print', stream: 'stdout', text: line };
    return 0;
  },
  *sleep([duration = '0']) {
    yield { kind: 'sleep', forMs: duration === 'infinity' ? foreverMs : durationMs(duration) };
    return 0;
  },
  *exit([code = '0']) {
    yield { kind: 'exit', code: Number(code) & 255 };
    return 0;
  },
  true: () => ended(0),
  ':': () => ended(0),
  false: () => ended(1),
  trap: ([script = '', ...signals], shell) => {
    for (const signal of signals) shell.traps.set(signal.replace(/^SIG/, ''), script);
    return ended(0);
  },
  /** Whatever runs in the background here runs for ever, so waiting for it does too. */
  *wait() {
    yield { kind: 'sleep', forMs: foreverMs };
    return 0;
  },
  *exec(args, shell) {
    const code = yield* runProgram(args, shell) ?? notFound(args);
    yield { kind: 'exit', code };
    return code;
  },
  *tail(args) {
    if (args.includes('/dev/zero')) yield { kind: 'exhaust-memory' };
    if (args.includes('-f')) yield { kind: 'sleep', forMs: foreverMs };
    return 0;
  },
  cat: () => ended(0),
  test: () => ended(0),
  curl: () => ended(0),
  wget: () => ended(0),
  nc: () => ended(0),
  nginx: serve,
  httpd: serve,
  'redis-server': serve,
  pause: serve,
};

function* runShell(args: readonly string[], shell: ShellState): Process {
  const flag = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  const script = flag < 0 ? undefined : args[flag + 1];
  return script === undefined ? 0 : yield* runScript(script, shell);
}

/** A server: runs until told to stop, and then ends well. */
function* serve(_args: readonly string[], shell: ShellState): Process {
  for (const signal of ['TERM', 'INT', 'QUIT']) shell.traps.set(signal, 'exit 0');
  yield { kind: 'sleep', forMs: foreverMs };
  return 0;
}

function* ended(code: number): Process {
  yield* [];
  return code;
}

function* notFound(words: readonly string[]): Process {
  yield { kind: 'print', stream: 'stderr', text: `sh: ${words[0] ?? ''}: not found` };
  return 127;
}

function durationMs(text: string): number {
  const match = /^([\d.]+)([smhd]?)$/.exec(text);
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] || 's'] ?? 1000;
  return match ? Number(match[1]) * unit : 0;
}

// --- the language -------------------------------------------------------------------------------------------------

interface Item {
  readonly command: Command;
  /** What must have come before: `&&` a success, `||` a failure, `;` anything. */
  readonly after: ';' | '&&' | '||';
  readonly inBackground: boolean;
}

type Command =
  | { readonly kind: 'simple'; readonly words: readonly Word[]; readonly toStderr: boolean }
  | {
      readonly kind: 'loop';
      readonly until: boolean;
      readonly condition: readonly Item[];
      readonly body: readonly Item[];
    };

/** Pieces of one word; variables are filled in outside single quotes. */
type Word = readonly { readonly text: string; readonly isLiteral: boolean }[];

function* runList(items: readonly Item[], shell: ShellState): Process {
  let status = 0;
  for (const { command, after, inBackground } of items) {
    if ((after === '&&' && status !== 0) || (after === '||' && status === 0)) continue;
    status = inBackground ? 0 : yield* runCommand(command, shell);
  }
  return status;
}

function* runCommand(command: Command, shell: ShellState): Process {
  if (command.kind === 'loop') {
    while (((yield* runList(command.condition, shell)) === 0) !== command.until) yield* runList(command.body, shell);
    return 0;
  }
  const words = command.words.map((word) => expand(word, shell));
  const process = runProgram(words, shell) ?? notFound(words);
  for (;;) {
    const step = process.next();
    if (step.done) return step.value;
    const action = step.value;
    yield action.kind === 'print' && command.toStderr ? { ...action, stream: 'stderr' } : action;
  }
}

function expand(word: Word, shell: ShellState): string {
  const fill = (text: string): string =>
    text.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, plain, braced) => shell.env.get(plain ?? braced) ?? '');
  return word.map(({ text, isLiteral }) => (isLiteral ? text : fill(text))).join('');
}

type Token = { readonly kind: 'word'; readonly word: Word } | { readonly kind: 'operator'; readonly text: string };

/** Health checks run the same few scripts again and again. */
function parse(script: string): readonly Item[] {
  const known = parsed.get(script);
  if (known) return known;
  const [items] = parseList(tokenize(script), 0);
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(script, items);
  return items;
}

const parsed = new Map<string, readonly Item[]>();
const mostParsed = 1000;

/** Items up to `do`, `done` or the end, and where that is. */
function parseList(tokens: readonly Token[], from: number): readonly [items: readonly Item[], next: number] {
  const items: Item[] = [];
  let after: Item['after'] = ';';
  let at = from;
  while (at < tokens.length) {
    const token = tokens[at];
    const keyword = keywordOf(token);
    if (keyword === 'do' || keyword === 'done') break;
    if (token?.kind === 'operator') {
      after = token.text === '&&' || token.text === '||' ? token.text : ';';
      at += 1;
      continue;
    }
    const [command, next] =
      keyword === 'while' || keyword === 'until' ? parseLoop(tokens, at) : parseSimple(tokens, at);
    const follows = tokens[next];
    items.push({ command, after, inBackground: follows?.kind === 'operator' && follows.text === '&' });
    after = ';';
    at = next;
  }
  return [items, at];
}

function parseLoop(tokens: readonly Token[], at: number): readonly [Command, number] {
  const [condition, doAt] = parseList(tokens, at + 1);
  const [body, doneAt] = parseList(tokens, doAt + 1);
  return [{ kind: 'loop', until: keywordOf(tokens[at]) === 'until', condition, body }, doneAt + 1];
}

function parseSimple(tokens: readonly Token[], from: number): readonly [Command, number] {
  const words: Word[] = [];
  let toStderr = false;
  let at = from;
  for (let token = tokens[at]; token?.kind === 'word'; token = tokens[at]) {
    const text = keywordOf(token);
    if (text === '>&2' || text === '1>&2') toStderr = true;
    else if (text === undefined || !/^\d?>/.test(text)) words.push(token.word);
    at += 1;
  }
  return [{ kind: 'simple', words, toStderr }, at];
}

/** The text of an unquoted word. */
function keywordOf(token: Token | undefined): string | undefined {
  const [piece, ...rest] = token?.kind === 'word' ? token.word : [];
  return piece && rest.length === 0 && !piece.isLiteral ? piece.text : undefined;
}

function tokenize(script: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /(\s*\n\s*|&&|\|\||;|&(?!\d))|[ \t]+|((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|\d?>&\d|[^\s;&|'"\\])+)/g;
  for (const [, operator, word] of script.matchAll(pattern)) {
    if (operator !== undefined) tokens.push({ kind: 'operator', text: operator.trim() || ';' });
    else if (word !== undefined) tokens.push({ kind: 'word', word: pieces(word) });
  }
  return tokens;
}

function pieces(word: string): Word {
  const found: { text: string; isLiteral: boolean }[] = [];
  for (const [whole] of word.matchAll(/'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^'"\\]+/g)) {
    if (whole.startsWith("'")) found.push({ text: whole.slice(1, -1), isLiteral: true });
    else if (whole.startsWith('"'))
      found.push({ text: whole.slice(1, -1).replace(/\\(["\\$])/g, '$1'), isLiteral: false });
    else if (whole.startsWith('\\')) found.push({ text: whole.slice(1), isLiteral: true });
    else found.push({ text: whole, isLiteral: false });
  }
  return found;
}
