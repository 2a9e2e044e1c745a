import type { Principal } from '../../aws/operation.ts';
import { scopeKey } from '../../core/scope.ts';
import type { Store } from '../../store/store.ts';
import type { EcrParts } from './parts.ts';
import { pullNoteMs } from './rules/limits.ts';
import { imageKey, images, registries, repositories } from './tables.ts';

/** Notes that an image was pulled, for DescribeImages and for lifecycle policies; by principals left out it is not. */
export function notePull(
  { store, log }: Pick<EcrParts, 'log'> & { readonly store: Store },
  principal: Pick<Principal, 'arn'>,
  repositoryId: string,
  digest: string,
): void {
  const noted = store.update((tx, env) => {
    const image = tx.get(images, imageKey(repositoryId, digest));
    if (!image || (image.pulledAt !== undefined && env.now - image.pulledAt < pullNoteMs)) return;
    const [repository] = tx.find(repositories, 'id', repositoryId);
    const registry = repository && tx.get(registries, scopeKey(repository));
    if (registry?.pullTimeExclusions[roleArnOf(principal.arn)] !== undefined) return;
    tx.put(images, { ...image, pulledAt: env.now });
  });
  // The pull has its answer whether it could be noted or not.
  noted.catch((error: unknown) => log.warn('ecr.pull-not-noted', { digest, error: String(error) }));
}

/** Exclusions name roles, and those who act are their sessions. */
function roleArnOf(arn: string): string {
  const [, accountId, role] = /^arn:aws:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return accountId === undefined ? arn : `arn:aws:iam::${accountId}:role/${role}`;
}
