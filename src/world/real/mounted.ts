import { readFile } from 'node:fs/promises';

export async function isMounted(directory: string): Promise<boolean> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  // Blanks in a path are written as \040 there.
  const path = directory.replaceAll(' ', '\\040');
  return mounts.split('\n').some((line) => line.split(' ')[1] === path);
}
