import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The stock docker command with a configuration of its own: who is logged in with it is nobody elsewhere. */
export interface DockerCli {
  /** Runs a command and gives its standard output. Rejects with what the command said. */
  (...args: readonly string[]): Promise<string>;
  readonly environment: NodeJS.ProcessEnv;
  /** Builds an image of one more layer of random bytes. */
  build(image: string, options: { readonly base: string; readonly layerBytes: number }): Promise<void>;
}

/** Keeps its configuration and what it builds from in the directory. */
export function dockerCli(directory: string): DockerCli {
  const environment = { ...process.env, DOCKER_CONFIG: join(directory, 'docker') };
  const run = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execute('docker', args, { env: environment, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  };
  return Object.assign(run, {
    environment,
    async build(image: string, { base, layerBytes }: { readonly base: string; readonly layerBytes: number }) {
      const context = join(directory, `build-${image.replaceAll(/[^a-z0-9]/gi, '-')}`);
      await mkdir(context, { recursive: true });
      await writeFile(join(context, 'layer'), randomBytes(layerBytes));
      await writeFile(join(context, 'Dockerfile'), `FROM ${base}\nCOPY layer /layer\n`);
      await run('build', '--quiet', '--tag', image, context);
    },
  });
}

export interface TokenAnswer {
  readonly authorizationData: readonly { readonly authorizationToken: string; readonly proxyEndpoint: string }[];
}

/** Logs in as the AWS documentation has it: with the password that GetAuthorizationToken gave. */
export async function logIn(docker: DockerCli, { authorizationData }: TokenAnswer): Promise<string> {
  const { authorizationToken = '', proxyEndpoint = '' } = authorizationData[0] ?? {};
  const password = Buffer.from(authorizationToken, 'base64').toString().slice('AWS:'.length);
  return docker('login', '--username', 'AWS', '--password', password, proxyEndpoint);
}
