import type { Log, LogFields } from '../world.ts';

type Level = 'info' | 'warn' | 'error';

export interface RealLogOptions {
  /** Lines for machines (JSON) or for eyes. Without it: for eyes when the stream is a terminal. */
  readonly format?: 'json' | 'pretty';
  readonly stream?: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** One line for each event, on standard error: standard output belongs to what a command answers. */
export function realLog(options: RealLogOptions = {}): Log {
  const stream = options.stream ?? process.stderr;
  const format = options.format ?? (stream.isTTY ? 'pretty' : 'json');
  const line = format === 'json' ? jsonLine : prettyLine;
  const write = (level: Level, event: string, fields: LogFields = {}): void => {
    stream.write(line(new Date().toISOString(), level, event, fields));
  };
  return {
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  };
}

function jsonLine(time: string, level: Level, event: string, fields: LogFields): string {
  return `${JSON.stringify({ time, level, event, ...fields })}\n`;
}

const colors: Readonly<Record<Level, string>> = { info: '\u001b[32m', warn: '\u001b[33m', error: '\u001b[31m' };
const [dim, plain] = ['\u001b[2m', '\u001b[0m'];

function prettyLine(time: string, level: Level, event: string, fields: LogFields): string {
  let text = `${dim}${time.slice(11, 23)}${plain} ${colors[level]}${level.padEnd(5)}${plain} ${event}`;
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) text += ` ${dim}${name}=${plain}${prettyValue(value)}`;
  }
  return `${text}\n`;
}

/** Quoted where it would not read as one word; a stack keeps its lines, whoever looks wants to read it. */
function prettyValue(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  if (value.includes('\n')) return `\n    ${printable(value).replaceAll('\n', '\n    ')}`;
  return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** Without control characters: text of a client must not drive the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '\ufffd');
}
