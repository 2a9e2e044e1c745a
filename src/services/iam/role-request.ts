import type { Reader } from '../../store/store.ts';
import { constraintBroken, malformedPolicy } from './errors.ts';
import { nameIn } from './principal-policies.ts';
import { limits } from './rules/limits.ts';
import { isProblem, readPolicy } from './rules/policy-document.ts';
import { nameKey, roles, users } from './tables.ts';

export function checkedDescription(description: string): string {
  if (description.length <= 1000) return description;
  throw constraintBroken(description, 'description', 'Member must have length less than or equal to 1000');
}

export function checkedSessionSeconds(seconds: number | undefined): number {
  const { shortestSessionSeconds: shortest, longestSessionSeconds: longest } = limits;
  if (seconds === undefined) return shortest;
  if (seconds >= shortest && seconds <= longest) return seconds;
  const bound = seconds < shortest ? `greater than or equal to ${shortest}` : `less than or equal to ${longest}`;
  throw constraintBroken(String(seconds), 'maxSessionDuration', `Member must have value ${bound}`);
}

/** IAM looks up the users and roles that a trust policy names, and takes none that is not there. */
export function checkTrusted(reader: Reader, accountId: string, trustPolicy: string): void {
  const read = readPolicy(trustPolicy);
  if (isProblem(read)) throw malformedPolicy(read.problem);
  for (const { principal } of read.statements) {
    for (const name of principal?.element.aws ?? []) {
      const found = /^arn:aws:iam::(\d{12}):(user|role)\//.exec(name);
      if (found?.[1] !== accountId) continue;
      const key = nameKey(accountId, nameIn(name));
      if (!(found[2] === 'user' ? reader.get(users, key) : reader.get(roles, key))) {
        throw malformedPolicy(`Invalid principal in policy: "AWS":"${name}"`);
      }
    }
  }
}
