import type { RegistryAuthorization } from '../../world/docker.ts';
import type { Backend, PayloadContainer } from '../contract.ts';
import { StepError } from '../engine-error.ts';
import { imageSource } from './image-source.ts';
import type { Secrets } from '../environment/secrets.ts';
import type { TaskRecord } from '../state.ts';
import type { TaskCredentials } from '../environment/task-credentials.ts';

/** With whose rights an image is pulled. */
export interface RegistryAccess {
  /** Pulls under the same key may be one pull: whoever may take the image for one of them may for all. */
  readonly key: string;
  /** Asked when the engine is about to pull. Rejects with StepError where the task may not have what it needs. */
  authorization(): Promise<RegistryAuthorization | undefined>;
}

export type RegistryAccesses = (task: TaskRecord, container: PayloadContainer) => RegistryAccess;

/**
 * Images of the control plane's registry are pulled with a token of ECR: for the task's execution role where it has one,
 * for the agent itself otherwise. Others need none.
 */
export function createRegistryAccess(parts: {
  readonly backend: Backend;
  readonly credentials: Pick<TaskCredentials, 'whenPresent'>;
  readonly secrets: Pick<Secrets, 'text'>;
  /** The control plane's URL as this agent reaches it. */
  readonly endpoint: string | undefined;
}): RegistryAccesses {
  return (task, { image, registryAuthentication }) => {
    if (registryAuthentication?.type === 'asm') {
      const { credentialsParameter } = registryAuthentication.asmAuthData;
      return {
        key: `${task.credentialsIds?.execution ?? ''} ${credentialsParameter}`,
        authorization: async () => namedIn(await parts.secrets.text(task, credentialsParameter), image),
      };
    }
    const { isOwn, pull } = imageSource(image, parts.endpoint);
    if (!isOwn) return anonymous;
    const credentialsId = task.credentialsIds?.execution;
    return {
      // A role's rights are its own: two tasks of one role have a session each.
      key: credentialsId ?? 'agent',
      async authorization() {
        const as = credentialsId === undefined ? undefined : await parts.credentials.whenPresent(credentialsId);
        const answer = await parts.backend.call('ecr', 'GetAuthorizationToken', {}, as).catch((error: unknown) => {
          if (!isRefusal(error)) throw error;
          throw new StepError(
            `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): ${error.code}: ${error.message}`,
          );
        });
        const password = passwordOf(answer);
        return { username: 'AWS', password, serveraddress: pull.slice(0, pull.indexOf('/')) };
      },
    };
  };
}

/** `{"username": …, "password": …}`, as the text of a registry's secret has to be. */
function namedIn(text: string, image: string): RegistryAuthorization {
  const { username, password } = parseObject(text);
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new StepError(
      'CannotPullContainerAuthError: the secret of the repository credentials is not a JSON object with username and password',
    );
  }
  const host = image.slice(0, Math.max(0, image.indexOf('/')));
  return { username, password, serveraddress: /[.:]|^localhost$/.test(host) ? host : 'https://index.docker.io/v1/' };
}

function parseObject(text: string): { readonly username?: unknown; readonly password?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {}; // what is missing is said by the caller
  }
}

const anonymous: RegistryAccess = { key: '', authorization: () => Promise.resolve(undefined) };

/** An answer of AWS, and not the lack of one. */
function isRefusal(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && error.name === 'AwsError' && 'code' in error && typeof error.code === 'string';
}

/** `AWS:<password>` as base64. Throws where the answer holds none. */
function passwordOf(answer: Readonly<Record<string, unknown>>): string {
  const data: unknown = Array.isArray(answer['authorizationData']) ? answer['authorizationData'][0] : undefined;
  const token =
    typeof data === 'object' && data !== null && 'authorizationToken' in data ? data.authorizationToken : '';
  const pair = typeof token === 'string' ? decodeBase64(token) : '';
  if (!pair.startsWith('AWS:')) throw new StepError('CannotPullContainerError: ECR gave no authorization token');
  return pair.slice('AWS:'.length);
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Of ASCII text; what is no base64 gives no text. */
function decodeBase64(base64: string): string {
  let text = '';
  let bits = 0;
  let count = 0;
  for (const digit of base64.replace(/=+$/, '')) {
    bits = ((bits << 6) | Math.max(0, digits.indexOf(digit))) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    text += String.fromCharCode((bits >> count) & 255);
  }
  return text;
}
