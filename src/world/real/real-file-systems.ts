import { execFile } from 'node:child_process';
import { access, mkdir, open, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { type FileSystemKind, fileSystemKinds, type FileSystems } from '../file-systems.ts';
import { canMountDirectories, mountDirectoryAs } from './directory-mounts.ts';
import { isMounted } from './mounted.ts';

const run = promisify(execFile);

/**
 * File systems in files of this machine, mounted over loop devices, and directories mounted in another user's name: what
 * the superuser of a Linux host may do. `program` is what Node runs to be Longshore again.
 */
export function createRealFileSystems(program: readonly string[] = thisProgram()): FileSystems {
  return {
    async kinds() {
      if (process.getuid?.() !== 0 || !(await exists('/dev/loop-control'))) return [];
      const known = await readFile('/proc/filesystems', 'utf8').catch(() => ''); // not Linux
      const here: FileSystemKind[] = [];
      for (const kind of fileSystemKinds) {
        if (known.includes(`\t${kind}\n`) && (await programOf(kind))) here.push(kind);
      }
      return here;
    },
    async mount({ image, directory, sizeBytes, kind, isScratch = false }) {
      if (await isMounted(directory)) return;
      if (!(await exists(image))) await make(image, sizeBytes, kind, isScratch);
      await mkdir(directory, { recursive: true });
      await run('mount', ['-t', kind, '-o', 'loop', image, directory]);
    },
    async mountOver({ directory, by }) {
      if (await isMounted(directory)) return;
      await mkdir(by, { recursive: true });
      await run('cp', ['-a', `${directory}/.`, by]); // with its owners, modes and attributes
      await run('mount', ['--bind', by, directory]);
    },
    async usage(directory) {
      if (!(await isMounted(directory))) return undefined;
      const { bsize, blocks, bfree } = await statfs(directory);
      return { usedBytes: (blocks - bfree) * bsize, sizeBytes: blocks * bsize };
    },
    canMountAs: canMountDirectories,
    mountAs: (mount) => mountDirectoryAs(program, mount),
    async unmount(directory) {
      if (await isMounted(directory)) await run('umount', [directory]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The file takes its name when it is whole: what is there under that name can be mounted. */
async function make(image: string, sizeBytes: number, kind: FileSystemKind, isScratch: boolean): Promise<void> {
  await mkdir(dirname(image), { recursive: true });
  const unfinished = `${image}.unfinished`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.truncate(sizeBytes); // takes room on the disk as it is written to
  } finally {
    await file.close();
  }
  const program = await programOf(kind);
  if (program === undefined) throw new Error(`this machine has no program that makes ${kind} file systems`);
  const scratch = isScratch && kind === 'ext4' ? ['-O', '^has_journal', '-m', '0'] : [];
  await run(program, kind === 'xfs' ? ['-q', '-f', unfinished] : ['-q', '-F', ...scratch, unfinished]);
  await rename(unfinished, image);
}

async function programOf(kind: FileSystemKind): Promise<string | undefined> {
  for (const directory of ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/bin', '/bin']) {
    if (await exists(`${directory}/mkfs.${kind}`)) return `${directory}/mkfs.${kind}`;
  }
  return undefined;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function thisProgram(): readonly string[] {
  return process.argv.slice(1, 2);
}
