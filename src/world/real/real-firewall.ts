import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Firewall } from '../firewall.ts';

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
    async joinBridges(prefix, cidrBlock) {
      const { passing, keepingSource } = joiningRules(`${prefix}+`, cidrBlock);
      const filter = (verb: string, rule: readonly string[]): string[] => ['--wait', verb, 'DOCKER-USER', ...rule];
      for (const rule of passing) {
        if (!(await isTaken(filter('--check', rule)))) await run('iptables', filter('--insert', rule), { env });
      }
      const nat = (verb: string): string[] => ['--wait', '--table', 'nat', verb, 'POSTROUTING', ...keepingSource];
      // Docker puts its own before it whenever it makes a network.
      await isTaken(nat('--delete'));
      await run('iptables', nat('--insert'), { env });
    },
  };
}

/** Docker asks DOCKER-USER before it drops what goes from one of its bridges to another, and never changes that chain. */
function joiningRules(bridges: string, block: string): { passing: string[][]; keepingSource: string[] } {
  const [from, to] = [
    ['--in-interface', bridges, '--source', block],
    ['--out-interface', bridges, '--destination', block],
  ];
  const established = ['--match', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED'];
  const accept = ['--jump', 'ACCEPT'];
  return {
    passing: [
      [...from, ...to, ...accept],
      ['--in-interface', 'docker0', ...to, ...accept],
      [...from, '--out-interface', 'docker0', ...established, ...accept],
    ],
    // Docker would put the bridge's own address in the place of the source.
    keepingSource: ['--source', block, ...to, ...accept],
  };
}

/** Whether there was such a rule: iptables answers 1 where there is none, and something else where it cannot say. */
async function isTaken(args: readonly string[]): Promise<boolean> {
  try {
    await run('iptables', args, { env });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 1) return false;
    throw error;
  }
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
