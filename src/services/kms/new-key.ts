import { formatArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Env, Transaction } from '../../store/store.ts';
import { newMaterial } from './material.ts';
import type { KmsParts } from './parts.ts';
import { aliases, type KeyRecord, keys, type Tag } from './tables.ts';

export interface WantedKey {
  readonly description?: string;
  readonly policy?: string;
  readonly tags?: readonly Tag[];
  readonly manager?: KeyRecord['manager'];
}

export function createKeyRecord(
  tx: Transaction,
  env: Env,
  parts: KmsParts,
  scope: Scope,
  wanted: WantedKey,
): KeyRecord {
  const keyId = env.newUuid();
  const key: KeyRecord = {
    accountId: scope.accountId,
    region: scope.region,
    keyId,
    description: wanted.description ?? '',
    state: 'Enabled',
    manager: wanted.manager ?? 'CUSTOMER',
    policy: wanted.policy ?? defaultKeyPolicy(scope.accountId),
    tags: wanted.tags ?? [],
    rotationEnabled: wanted.manager === 'AWS',
    sealedMaterial: newMaterial(parts, env, keyId),
    createdAt: env.now,
  };
  tx.put(keys, key);
  return key;
}

/** The key that a service uses where its caller names none, such as alias/aws/ssm. Made when first asked for. */
export function createServiceKey(
  tx: Transaction,
  env: Env,
  parts: KmsParts,
  scope: Scope,
  aliasName: string,
): KeyRecord {
  const service = aliasName.replace('alias/aws/', '');
  const description = `Default key that protects my ${service} data when no other key is defined`;
  const key = createKeyRecord(tx, env, parts, scope, { description, manager: 'AWS' });
  const { accountId, region, keyId } = key;
  tx.put(aliases, { accountId, region, aliasName, keyId, createdAt: env.now, updatedAt: env.now });
  return key;
}

/** What AWS gives a key without a policy: the account's own policies decide. */
function defaultKeyPolicy(accountId: string): string {
  const root = formatArn({ service: 'iam', region: '', accountId, resource: 'root' });
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: root },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });
}
