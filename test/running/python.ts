import { spawnSync } from 'node:child_process';

/** A Python that has boto3, and botocore with it: the user's own or Debian's, for which `npm test` installs it. */
export function pythonWithBoto3(): string {
  const found = ['python3', '/usr/bin/python3'].find((path) => spawnSync(path, ['-c', 'import boto3']).status === 0);
  if (found === undefined) throw new Error('no python3 has boto3: npm test installs it');
  return found;
}
