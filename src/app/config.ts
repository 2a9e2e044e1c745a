import { homedir } from 'node:os';
import { join } from 'node:path';

/** What `longshore up` is told. Everything has a default that is right on a laptop. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Chosen root keys; where absent, the ones of the data directory, made at first start. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly accountId: string;
  readonly region: string;
  /** Whether the server's own agent runs, which serves the Fargate pool. */
  readonly agent: boolean;
  /** Further values of the Host header that are let in, such as a compose service's name. */
  readonly allowedHosts: readonly string[];
  readonly insecureListen: boolean;
  /** Start although the journal has lost acknowledged commits. */
  readonly acceptLoss: boolean;
  /** Of the server's own agent: enforced where this is absent. */
  readonly securityGroups?: 'enforced' | 'off';
  /** How long stopped tasks can be described: an hour at least, and an hour where nothing is said. */
  readonly keepStoppedMinutes?: number;
}

export const defaults = {
  host: '127.0.0.1',
  port: 4566,
  accountId: '000000000000',
  region: 'us-east-1',
} as const;

/** What is wrong with the way a command was called: a sentence for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function defaultDataDirectory(): string {
  return process.env.LONGSHORE_DATA_DIR ?? join(homedir(), '.longshore');
}

/** Reads ID:SECRET. An access key id holds no colon, so the first one divides. */
export function parseCredentials(text: string): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const match = /^([A-Za-z0-9_]{3,128}):(\S{3,256})$/.exec(text);
  if (!match?.[1] || !match[2]) {
    throw new UsageError(
      '--credentials wants ID:SECRET; the id is 3 to 128 letters, digits or _, the secret at least 3 characters',
    );
  }
  return { accessKeyId: match[1], secretAccessKey: match[2] };
}

/** Refuses what cannot work or must not happen by accident. */
export function checkConfig(config: ServerConfig): void {
  if (!/^\d{12}$/.test(config.accountId)) throw new UsageError(`--account wants 12 digits, not '${config.accountId}'`);
  if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(config.region)) {
    throw new UsageError(`--region wants an AWS region's name such as us-east-1, not '${config.region}'`);
  }
  if (config.keepStoppedMinutes !== undefined && config.keepStoppedMinutes < leastKeptMinutes) {
    throw new UsageError(`--keep-stopped wants ${leastKeptMinutes} minutes at least: clients count on an hour`);
  }
  if (!isLoopback(config.host) && !config.insecureListen) {
    throw new UsageError(
      `${config.host} is not a loopback address and this version of Longshore has no TLS: whoever can reach it can read ` +
        'the traffic. Listen on 127.0.0.1, or say --insecure-listen if the network in between is yours.',
    );
  }
}

/** AWS shows a stopped task for an hour at least. */
const leastKeptMinutes = 60;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
