import { readSync, writeSync } from 'node:fs';
import { constants as system } from 'node:os';
import { directoryOperations, unanswered } from './directory-operations.ts';
import { failure, reply, replyHeaderBytes, writeInitialized } from './fuse-replies.ts';
import { operations, readRequest, type Request } from './fuse-requests.ts';

/** Descriptors that whoever starts this process hands over: the kernel's end of the mount, and the directory. */
export const fuseDescriptor = 3;
export const rootDescriptor = 4;

const mostBytes = 1024 * 1024;

/**
 * Serves a mounted directory until it is unmounted: the whole life of a process of its own, which has become the user in
 * whose name all is to be done. So the kernel itself decides what that user may, and owns what is made to it. One request
 * after the other, without an event loop: nothing else goes on here.
 */
export function serveDirectory(user: {
  readonly userId: number;
  readonly groupId: number;
  readonly secondaryGroupIds: readonly number[];
}): void {
  become(user);
  const serve = directoryOperations(rootDescriptor);
  const incoming = Buffer.allocUnsafe(mostBytes + 4096);
  const outgoing = Buffer.allocUnsafe(mostBytes + 4096);
  for (;;) {
    const length = nextRequest(incoming);
    if (length === undefined) return;
    const request = readRequest(incoming, length);
    if (request.operation === operations.destroy) return;
    const answer = answerTo(request, serve.get(request.operation), outgoing);
    if (!unanswered.has(request.operation)) send(answer);
  }
}

function become({
  userId,
  groupId,
  secondaryGroupIds,
}: {
  readonly userId: number;
  readonly groupId: number;
  readonly secondaryGroupIds: readonly number[];
}): void {
  process.umask(0); // the kernel has taken the asking process's own off already
  process.setgroups?.([...secondaryGroupIds]);
  process.setgid?.(groupId);
  process.setuid?.(userId);
}

function answerTo(
  request: Request,
  operation: ReturnType<ReturnType<typeof directoryOperations>['get']>,
  outgoing: Buffer,
): Buffer {
  const body = outgoing.subarray(replyHeaderBytes);
  try {
    if (request.operation === operations.initialize) {
      const flags = request.body.skip(12).u32();
      return reply(outgoing, request.unique, writeInitialized(body, { flags, most: mostBytes }));
    }
    // ENOSYS: the kernel does not ask again, and does without.
    if (!operation) return failure(outgoing, request.unique, system.errno.ENOSYS);
    return reply(outgoing, request.unique, operation(request.node, request.body, body));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return failure(outgoing, request.unique, errno);
  }
}

/** Undefined when the directory is not mounted any more. */
function nextRequest(buffer: Buffer): number | undefined {
  for (;;) {
    try {
      return readSync(fuseDescriptor, buffer);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === system.errno.ENODEV) return undefined;
      // ENOENT: whoever asked has gone. EINTR, EAGAIN: nothing has come.
      if (errno !== system.errno.ENOENT && errno !== system.errno.EINTR && errno !== system.errno.EAGAIN) throw error;
    }
  }
}

function send(answer: Buffer): void {
  try {
    writeSync(fuseDescriptor, answer);
  } catch (error) {
    // ENOENT: whoever asked has gone meanwhile.
    if (errnoOf(error) !== system.errno.ENOENT) throw error;
  }
}

function errnoOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return undefined;
  return Math.abs(error.errno);
}
