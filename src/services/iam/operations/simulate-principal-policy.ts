import type { SimulatePolicyResponse, SimulatePrincipalPolicyRequest } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkPolicy } from '../checks.ts';
import { createCompiledPolicies } from '../compiled-policies.ts';
import { invalidInput } from '../errors.ts';
import { findGroup, findRole, findUser } from '../identities.ts';
import { pageOfList } from '../paging.ts';
import { nameIn, policiesOf, policyTexts } from '../principal-policies.ts';
import { simulate } from '../simulation.ts';

/** What a user, group or role may, by its policies and those given besides. */
export const simulatePrincipalPolicy: Operation<SimulatePrincipalPolicyRequest, SimulatePolicyResponse> = (
  input,
  { call, store },
) =>
  store.view((reader) => {
    const arn = input.PolicySourceArn;
    const kind = /^arn:aws:iam::\d{12}:(user|group|role)\/.+$/.exec(arn)?.[1];
    if (kind === undefined)
      throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
    const compiled = createCompiledPolicies();
    const { accountId } = call;
    const more = input.PolicyInputList ?? [];
    for (const text of more) checkPolicy(text, 'identity');
    const principal = { arn, accountId, accessKeyId: '', userId: '' };
    const session = { issuedAt: 0, expiresAt: 0 };
    const name = nameIn(arn);
    const role = kind === 'role' ? findRole(reader, call, name) : undefined;
    if (kind === 'user') findUser(reader, call, name);
    const of = policiesOf(
      reader,
      role ? { ...principal, session: { ...session, role: { arn, id: role.id } } } : principal,
      compiled,
    );
    const own =
      kind === 'group'
        ? policyTexts(reader, findGroup(reader, call, name)).map((text) => compiled.of(text))
        : of.policies.identity;
    const policies = { ...of.policies, identity: [...own, ...more.map((text) => compiled.of(text))] };
    const results = simulate(input, of.caller, policies, compiled);
    const numbered = results.map((result, index) => ({ result, key: String(index).padStart(6, '0') }));
    const { items, end } = pageOfList(input, numbered, ({ key }) => key);
    return { EvaluationResults: items.map(({ result }) => result), ...end };
  });
