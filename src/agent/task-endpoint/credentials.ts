import type { HttpResponse } from '../../world/net.ts';
import type { RoleCredentials } from '../contract.ts';
import { json, unknownId } from './answers.ts';

/** GET /v2/credentials/<id> and its older form /v1/credentials?id=<id>, as the AWS SDKs ask for a task role's keys. */
export function answerCredentials(
  version: 1 | 2,
  credentialsId: string,
  find: (credentialsId: string) => RoleCredentials | undefined,
): HttpResponse {
  const kind = `CredentialsV${version}Request`;
  if (credentialsId === '') return refusal('NoIdInRequest', `${kind}: No ID in the request`);
  const found = find(credentialsId);
  if (!found) return unknownId(refusal('InvalidIdInRequest', `${kind}: ID not found`));
  const { roleArn, accessKeyId, secretAccessKey, sessionToken, expiration } = found;
  return json(200, {
    RoleArn: roleArn,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: expiration,
  });
}

function refusal(code: string, message: string): HttpResponse {
  return json(400, { code, message, HTTPErrorCode: 400 });
}
