import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UsageError } from '../app/config.ts';

const run = promisify(execFile);

/** An AWS CLI of this machine. */
export interface AwsCliProgram {
  readonly path: string;
  /** What must be added to each call because this version does not read AWS_ENDPOINT_URL. */
  readonly endpointArguments: (endpoint: string) => readonly string[];
}

/**
 * An AWS CLI that knows `aws logs tail`: version 2, the one on the PATH or Debian's. Rejects with UsageError when there
 * is none.
 */
export async function findAwsCli(): Promise<AwsCliProgram> {
  for (const path of ['aws', '/usr/bin/aws', '/usr/local/bin/aws']) {
    const version = await versionOf(path);
    if (version && version.major >= 2) return { path, endpointArguments: endpointArguments(version) };
  }
  throw new UsageError("the demo needs the AWS CLI, version 2: install it (Debian's package is awscli) and try again");
}

/** The version of the `aws` on the PATH where it does not read AWS_ENDPOINT_URL: its calls would go to AWS itself. */
export async function awsCliWithoutEndpoint(): Promise<string | undefined> {
  const version = await versionOf('aws');
  return version && !readsEndpoint(version) ? `${version.major}.${version.minor}` : undefined;
}

interface Version {
  readonly major: number;
  readonly minor: number;
}

async function versionOf(path: string): Promise<Version | undefined> {
  const answer = await run(path, ['--version']).catch(() => undefined); // there is none at this path
  const match = /^aws-cli\/(\d+)\.(\d+)\./.exec(answer?.stdout ?? '');
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

function endpointArguments(version: Version): (endpoint: string) => readonly string[] {
  return (endpoint) => (readsEndpoint(version) ? [] : ['--endpoint-url', endpoint]);
}

/** From 1.29 and from 2.13 on (AWS SDKs and Tools Reference Guide, service-specific endpoints). Debian 12 has 2.9. */
function readsEndpoint({ major, minor }: Version): boolean {
  return major > 2 || minor >= (major === 2 ? 13 : 29);
}
