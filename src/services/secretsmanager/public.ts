/** What other services may know of secrets. */
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import type { SecretsManagerParts } from './parts.ts';
import { presentSecret } from './references.ts';
import { valueOf, versionAsked } from './values.ts';

export type { SecretsManagerParts } from './parts.ts';

/** The text of a secret: its value if that is text. Throws the errors of GetSecretValue. */
export function readSecretString(
  reader: Reader,
  parts: SecretsManagerParts,
  scope: Scope,
  asked: { readonly secretId: string; readonly versionId?: string; readonly versionStage?: string },
): string | undefined {
  const secret = presentSecret(reader, scope, asked.secretId);
  const version = versionAsked(reader, secret, { VersionId: asked.versionId, VersionStage: asked.versionStage });
  const value = valueOf(reader, parts, secret, version);
  return 'SecretString' in value ? value.SecretString : undefined;
}
