/** What GetSecretValue is asked for, and which member of the answer is meant. */
export interface SecretReference {
  readonly SecretId: string;
  readonly VersionStage?: string;
  readonly VersionId?: string;
  readonly jsonKey?: string;
}

/**
 * `arn:aws:secretsmanager:region:account:secret:name-suffix[:json-key:version-stage:version-id]`; each of the last three
 * may be empty.
 */
export function secretReference(valueFrom: string): SecretReference {
  const parts = valueFrom.split(':');
  if (parts.length <= 7 || parts[0] !== 'arn') return { SecretId: valueFrom };
  const [jsonKey = '', stage = '', version = ''] = parts.slice(7);
  return {
    SecretId: parts.slice(0, 7).join(':'),
    ...(stage === '' ? {} : { VersionStage: stage }),
    ...(version === '' ? {} : { VersionId: version }),
    ...(jsonKey === '' ? {} : { jsonKey }),
  };
}
