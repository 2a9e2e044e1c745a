import { execFile } from 'node:child_process';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { pack } from 'tar-stream';
import type { Docker } from '../world/docker.ts';

const run = promisify(execFile);

/** Programs of the image, where this machine has them; sh must be there. */
const programs = [
  'sh',
  'cat',
  'date',
  'echo',
  'env',
  'false',
  'head',
  'hostname',
  'id',
  'kill',
  'ls',
  'mkdir',
  'printf',
  'rm',
  'seq',
  'sleep',
  'tail',
  'true',
];

const none = { programs: [], directories: [] } as const;

/**
 * Makes an image of the shell and some small programs of this machine with the libraries they need. Nothing comes from
 * a network, so the demo and the tests run where no registry can be reached. A test adds programs and directories of its own.
 */
export async function buildShellImage(
  docker: Docker,
  reference: string,
  more: { readonly programs: readonly string[]; readonly directories: readonly string[] } = none,
): Promise<void> {
  const files = new Map<string, string>(); // path in the image -> path here
  for (const directory of more.directories) {
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isDirectory()) files.set(path.slice(1), await realpath(path));
    }
  }
  for (const program of [...programs, ...more.programs]) {
    const source = await which(program);
    if (source === undefined) continue;
    files.set(`bin/${program}`, source);
    for (const library of await libraries(source)) files.set(library.slice(1), await realpath(library));
  }
  if (!files.has('bin/sh')) throw new Error('this machine has no sh on its PATH to build an image from');
  const archive = pack();
  for (const directory of ['bin', 'tmp', 'etc', 'proc', 'sys', 'dev']) {
    archive.entry({ name: directory, type: 'directory', mode: directory === 'tmp' ? 0o1777 : 0o755 });
  }
  archive.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  archive.entry({ name: 'etc/group' }, 'root:x:0:\nnogroup:x:65534:\n');
  for (const [name, source] of files) archive.entry({ name, mode: 0o755 }, await readFile(source));
  archive.finalize();
  await docker.importImage(reference, await buffer(archive), ['ENV PATH=/bin', 'CMD ["sh"]']);
}

async function which(program: string): Promise<string | undefined> {
  for (const directory of ['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin']) {
    const found = await realpath(`${directory}/${program}`).catch(() => undefined); // not here: the next directory may have it
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Absolute paths of the shared libraries and the loader that a program needs; none for a static one. */
async function libraries(path: string): Promise<readonly string[]> {
  const listing = await run('ldd', [path]).catch(() => undefined); // ldd fails on a static program: it needs none
  return [...(listing?.stdout.matchAll(/(?:=>\s+|^\s*)(\/\S+)\s+\(0x/gm) ?? [])].map((match) => match[1] ?? '');
}
