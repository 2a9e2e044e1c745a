import type { Principal } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { iamArn } from './arns.ts';
import { createCompiledPolicies } from './compiled-policies.ts';
import { managedPolicyText, nameIn, tagValues } from './principal-policies.ts';
import { contextOf } from './rules/context.ts';
import { evaluate } from './rules/evaluate.ts';
import { policyProblem } from './rules/validate-policy.ts';
import { accessKeys, nameKey, oidcProviders, roles, users } from './tables.ts';

/** A role as other services need it. */
export interface RoleView {
  readonly arn: string;
  /** AROA…: another role under the same name has another. */
  readonly id: string;
  readonly name: string;
  readonly trustPolicy: string;
  readonly maxSessionSeconds: number;
}

/** By its ARN, whose path must be the role's, or by its name. */
export function findRole(reader: Reader, accountId: string, reference: string): RoleView | undefined {
  const role = reader.get(roles, nameKey(accountId, nameIn(reference)));
  if (!role) return undefined;
  const arn = iamArn('role', role);
  if (reference.startsWith('arn:') && reference !== arn) return undefined;
  return {
    arn,
    id: role.id,
    name: role.name,
    trustPolicy: role.trustPolicy,
    maxSessionSeconds: role.maxSessionSeconds,
  };
}

/** ARN of the role that a name or ARN stands for, whether or not there is one. */
export function roleArnOf(reader: Reader, accountId: string, reference: string): string {
  if (reference.startsWith('arn:')) return reference;
  return findRole(reader, accountId, reference)?.arn ?? iamArn('role', { accountId, name: reference });
}

/** What a service says when it assumes a role on behalf of one of its resources. */
export interface ServiceAssuming {
  /** Such as ecs-tasks.amazonaws.com. */
  readonly service: string;
  readonly sourceArn: string;
  readonly sourceAccountId: string;
}

/** Whether the role's trust policy lets the service assume it. */
export function trustsService(role: RoleView, { service, sourceArn, sourceAccountId }: ServiceAssuming): boolean {
  const decision = evaluate({
    caller: { kind: 'service', name: service },
    action: 'sts:AssumeRole',
    resource: role.arn,
    resourceAccountId: sourceAccountId,
    context: contextOf({
      'aws:SourceArn': sourceArn,
      'aws:SourceAccount': sourceAccountId,
      'aws:PrincipalIsAWSService': 'true',
      'aws:PrincipalServiceName': service,
    }),
    policies: { identity: [], resource: trustPolicies.of(role.trustPolicy) },
    resourcePolicyDecides: true,
  });
  return decision.decision === 'allow';
}

/** A cache and nothing else: what it holds follows from the texts alone. */
const trustPolicies = createCompiledPolicies();

/** Whether the trust policy lets in whoever holds a token of the identity provider. `claims` are condition keys. */
export function trustsWebIdentity(
  role: RoleView,
  accountId: string,
  providerArn: string,
  claims: Readonly<Record<string, string | readonly string[]>>,
): boolean {
  const decision = evaluate({
    caller: { kind: 'web-identity', providerArn },
    action: 'sts:AssumeRoleWithWebIdentity',
    resource: role.arn,
    resourceAccountId: accountId,
    context: contextOf(claims),
    policies: { identity: [], resource: trustPolicies.of(role.trustPolicy) },
    resourcePolicyDecides: true,
  });
  return decision.decision === 'allow';
}

/** The provider of an issuer's URL (without its scheme), and the client ids it takes. */
export function findOidcProvider(
  reader: Reader,
  accountId: string,
  url: string,
): { readonly arn: string; readonly clientIds: readonly string[] } | undefined {
  return reader.get(oidcProviders, iamArn('oidc-provider', { accountId, name: url }));
}

/** The secret of a user's active access key, and who the user is. */
export function findAccessKey(
  reader: Reader,
  accessKeyId: string,
): { readonly secretAccessKey: string; readonly principal: Principal } | undefined {
  const key = reader.get(accessKeys, accessKeyId);
  if (key?.status !== 'Active') return undefined;
  const { accountId } = key;
  const user = reader.get(users, nameKey(accountId, key.userName));
  if (!user) return undefined;
  const principal = { arn: iamArn('user', user), accountId, accessKeyId, userId: user.id };
  return { secretAccessKey: key.secretAccessKey, principal };
}

/** Account of an access key of a user, active or not. */
export function accountOfAccessKey(reader: Reader, accessKeyId: string): string | undefined {
  return reader.get(accessKeys, accessKeyId)?.accountId;
}

/** Whether the user of a session is still the one that there is. */
export function isUser(reader: Reader, accountId: string, arn: string, id: string): boolean {
  return reader.get(users, nameKey(accountId, nameIn(arn)))?.id === id;
}

export function tagsOfUser(reader: Reader, accountId: string, arn: string): Readonly<Record<string, string>> {
  return tagValues(reader.get(users, nameKey(accountId, nameIn(arn)))?.tags);
}

/** Whether there is a managed policy of this ARN, the account's own or one of AWS's. */
export function isManagedPolicy(reader: Reader, arn: string): boolean {
  return managedPolicyText(reader, arn) !== undefined;
}

/** Why IAM would not take the text as a session's policy, in its words. */
export function sessionPolicyProblem(text: string): string | undefined {
  return policyProblem(text, 'identity');
}

/** Why IAM would not take the text as the policy of a resource (a bucket, a key, a secret). */
export function resourcePolicyProblem(text: string): string | undefined {
  return policyProblem(text, 'resource');
}

/** The same of a resource whose policy need not name it (a repository). */
export function ownPolicyProblem(text: string): string | undefined {
  return policyProblem(text, 'own');
}

/** Whoever watches for what decides who may what: nothing is kept anywhere else. */
export { roles };
