import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Firewall } from '../world.ts';

const run = promisify(execFile);

/** nft of this machine. What crosses a bridge passes it only where the kernel hands bridged packets to the IP filter. */
export function createRealFirewall(): Firewall {
  return {
    async check() {
      if (process.getuid?.() !== 0) throw new Error('only root may filter packets');
      if ((await bridgedPackets()) === undefined)
        await run('modprobe', ['br_netfilter'], { env }).catch(() => undefined);
      const now = await bridgedPackets();
      if (now === undefined) throw new Error('the kernel does not filter what crosses a bridge (br_netfilter)');
      // Docker switches it on itself as soon as a network has its traffic between containers switched off.
      if (now !== '1') await writeFile(bridgedPacketsFile, '1');
      await nft(['list', 'tables'], '');
    },
    async apply(script) {
      await nft(['-f', '-'], script);
    },
    async tables() {
      const listed = await nft(['list', 'tables', 'inet'], '');
      return [...listed.matchAll(/^table inet (\S+)$/gm)].map(([, name = '']) => name);
    },
  };
}

const bridgedPacketsFile = '/proc/sys/net/bridge/bridge-nf-call-iptables';

async function bridgedPackets(): Promise<string | undefined> {
  return readFile(bridgedPacketsFile, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** Where a user's PATH has no directories of the administrator's programs. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

function nft(args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('nft', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.stdin.on('error', () => undefined); // it ended before it read all: its own words and code say why
    child.on('error', (error) => reject(new Error(`nft cannot be run: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`nft ${args.join(' ')}: ${errors.trim().split('\n').slice(0, 3).join(' ')}`));
    });
    child.stdin.end(input);
  });
}
