import type { Socket } from 'node:net';

/** What an agent asks the keeper: one JSON value a line, each answered by its number in any order. */
export interface Request {
  readonly n: number;
  /**
   * keep: attach before a start · wait: tell where the output ends once that is not (`segment`, `size`), or whether lines
   * are being lost once that is not as `isLosing` · release: all before `timeUs` is shipped · forget: the container is removed
   */
  readonly verb: 'keep' | 'wait' | 'release' | 'forget';
  readonly id: string;
  readonly maxBufferBytes?: number;
  readonly segment?: number;
  readonly size?: number;
  readonly isLosing?: boolean;
  readonly timeUs?: number;
}

export interface Answer {
  readonly n: number;
  readonly error?: string;
  readonly segment?: number;
  readonly size?: number;
  readonly hasEnded?: boolean;
  /** Why what the container writes is being lost; absent while it is kept. */
  readonly losing?: string;
  /** How many lines have been lost, by this keeper. */
  readonly lostLines?: number;
  /** Nothing was ever kept of the container. */
  readonly isUnknown?: boolean;
}

/** The engine's: it names a folder. */
export function isContainerId(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

export function messagesOf<T>(socket: Socket, take: (message: T) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(JSON.parse(line));
  });
}
