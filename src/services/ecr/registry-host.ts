import type { Scope } from '../../core/scope.ts';
import type { RepositoryRecord } from './tables.ts';

/**
 * The name under which the registry is pushed to and pulled from, with its port. Engines talk plain HTTP to 127.0.0.0/8
 * without being told to, and `localhost` is what every machine knows that address by; names under .localhost are not
 * known everywhere. Who comes from another machine is given the name that he used.
 */
export function registryHost(endpoint: string): string {
  const [, host = '', port = ''] = /^https?:\/\/(\[[0-9a-f:.]+\]|[^:/]*)(:\d+)?/i.exec(endpoint) ?? [];
  return `${isLoopback(host.toLowerCase()) ? 'localhost' : host}${port}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

export function repositoryUri(endpoint: string, repository: Pick<RepositoryRecord, 'name'>): string {
  return `${registryHost(endpoint)}/${repository.name}`;
}

/** The registry that the host of a request names as AWS names it, `<account>.dkr.ecr.<region>.<domain>`. */
export function registryOfHost(endpoint: string): Scope | undefined {
  const [, accountId, region] = /^https?:\/\/(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\./i.exec(endpoint) ?? [];
  return accountId === undefined || region === undefined ? undefined : { accountId, region };
}
