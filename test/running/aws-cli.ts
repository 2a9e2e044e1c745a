import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from './server.ts';

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
    const child = spawn('aws', [...args, '--output', 'json'], {
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
