import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { FileUser } from '../file-systems.ts';
import { isMounted } from './mounted.ts';
import { serveDirectoryCommand } from './serve-directory-command.ts';

const run = promisify(execFile);

const pathOnly = 0o10_000_000; // O_PATH

/** Whether directories can be mounted in another user's name: by the superuser, where the kernel has FUSE. */
export async function canMountDirectories(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  return access('/dev/fuse').then(
    () => true,
    () => false,
  );
}

/**
 * Mounts a directory so that all that is asked there is done in the name of one user. A process of its own serves it and
 * lives as long as the mount is used: containers keep theirs while the agent is started anew.
 */
export async function mountDirectoryAs(
  program: readonly string[],
  { source, directory, user }: { readonly source: string; readonly directory: string; readonly user: FileUser },
): Promise<void> {
  if (await isMounted(directory)) {
    if (await isServed(directory)) return;
    await run('umount', ['-l', directory]); // its process has died
  }
  await mkdir(directory, { recursive: true });
  const fuse = await open('/dev/fuse', constants.O_RDWR);
  let root: FileHandle | undefined;
  try {
    root = await open(source, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    await mount(fuse.fd, directory);
    const ids = [user.userId, user.groupId, ...user.secondaryGroupIds].map(String);
    const server = spawn(process.execPath, [...program, serveDirectoryCommand, ...ids], {
      detached: true,
      cwd: '/',
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', fuse.fd, root.fd],
    });
    await once(server, 'spawn');
    server.unref();
  } catch (error) {
    await run('umount', ['-l', directory]).catch(() => undefined);
    throw error;
  } finally {
    // The process has its own. Where it ends, nobody else holds the mount, and who asks there is told so.
    await fuse.close();
    await root?.close();
  }
  await stat(directory);
}

async function mount(fuseDescriptor: number, directory: string): Promise<void> {
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other,nosuid,nodev';
  // -i: without the helper program of a FUSE package, which we do as well without.
  const child = spawn('mount', ['-i', '-t', 'fuse', '-o', options, 'longshore', directory], {
    stdio: ['ignore', 'ignore', 'pipe', fuseDescriptor],
  });
  let complaint = '';
  child.stderr?.on('data', (data: Buffer) => (complaint += data.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`mount ended with code ${String(code)}: ${complaint.trim()}`);
}

function isServed(directory: string): Promise<boolean> {
  return stat(directory).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOTCONN',
  );
}
