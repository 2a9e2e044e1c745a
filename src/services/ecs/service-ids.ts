/** The names that services give to what they make, in AWS's forms. */
import type { Env } from '../../store/store.ts';
import type { Random } from '../../world/world.ts';
import type { HookState } from './service-tables.ts';

/** Of a service revision: 19 digits, the first never 0, within 63 bits as AWS's are. */
export function newRevisionId(random: Random): string {
  return digits(random);
}

/** Of a deployment or task set; its tasks carry it as startedBy. */
export function newDeploymentId(random: Random): string {
  return `ecs-svc/${digits(random)}`;
}

/** Of a service deployment: 21 characters that need no quoting in a URL. */
export function newServiceDeploymentId(random: Random): string {
  return urlSafeOf(random, 21);
}

/** Of one run of a lifecycle hook: a pause is answered by it, a call out carries it as executionId. */
export function newHookId(env: Env, targetType: HookState['targetType']): string {
  return targetType === 'PAUSE' ? `ecs-pause-${urlSafeOf(env.random, 43)}` : env.newUuid();
}

function urlSafeOf(random: Random, length: number): string {
  return Array.from(random.bytes(length), (byte) => urlSafe.charAt(byte % urlSafe.length)).join('');
}

const urlSafe = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function digits(random: Random): string {
  const [first = 0, ...rest] = random.bytes(19);
  return `${1 + (first % 8)}${rest.map((byte) => byte % 10).join('')}`;
}
