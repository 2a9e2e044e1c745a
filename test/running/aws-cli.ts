import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { once } from 'node:events';
import { findAwsCli } from '../../src/cli/aws-cli.ts';
import type { Server } from './server.ts';

/** Found once for all tests of a file. */
const program = findAwsCli();

/** The real AWS CLI against a server. */
export interface AwsCli {
  /** Runs a command and gives its JSON output, read as the SDK's type of the answer (dates are text). Rejects with what the CLI said. */
  <Output extends object = object>(...args: readonly string[]): Promise<Output>;
  /** Runs a command that is expected to fail and gives what the CLI said. */
  fails(...args: readonly string[]): Promise<string>;
}

export function awsCli(server: Pick<Server, 'environment'>): AwsCli {
  const run = async (
    args: readonly string[],
  ): Promise<{ readonly code: number; readonly output: string; readonly complaint: string }> => {
    const { path, endpointArguments } = await program;
    const endpoint = endpointArguments(server.environment['AWS_ENDPOINT_URL'] ?? '');
    const child = spawn(path, [...endpoint, ...args, '--output', 'json'], {
      env: { ...process.env, ...server.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
    const [code] = await once(child, 'close');
    return { code: Number(code), output, complaint };
  };
  const succeed = async <Output extends object>(...args: readonly string[]): Promise<Output> => {
    const { code, output, complaint } = await run(args);
    if (code !== 0) throw new Error(`aws ${args.join(' ')} ended with code ${code}: ${complaint.trim()}`);
    return JSON.parse(output.trim() === '' ? '{}' : output);
  };
  return Object.assign(succeed, {
    fails: async (...args: readonly string[]): Promise<string> => {
      const { code, output, complaint } = await run(args);
      if (code === 0) throw new Error(`aws ${args.join(' ')} was expected to fail and gave ${output}`);
      return complaint.trim();
    },
  });
}

/** Starts `aws logs tail --follow` on a log group; whoever reads its output ends it. */
export async function tailLogs(
  server: Pick<Server, 'environment'>,
  group: string,
): Promise<ChildProcessByStdio<null, Readable, null>> {
  const { path, endpointArguments } = await program;
  const endpoint = endpointArguments(server.environment['AWS_ENDPOINT_URL'] ?? '');
  return spawn(path, [...endpoint, 'logs', 'tail', group, '--follow', '--since', '5m', '--format', 'short'], {
    env: { ...process.env, ...server.environment, PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
