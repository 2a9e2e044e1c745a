import type { SimulateCustomPolicyRequest, SimulatePolicyResponse } from '@aws-sdk/client-iam';
import type { Operation } from '../../../aws/operation.ts';
import { checkPolicy } from '../checks.ts';
import { createCompiledPolicies } from '../compiled-policies.ts';
import { pageOfList } from '../paging.ts';
import { simulate, simulatedCaller } from '../simulation.ts';

/** Differs from AWS: which statements matched is not told. */
export const simulateCustomPolicy: Operation<SimulateCustomPolicyRequest, SimulatePolicyResponse> = (
  input,
  { call },
) => {
  for (const text of input.PolicyInputList) checkPolicy(text, 'identity');
  const compiled = createCompiledPolicies();
  const policies = { identity: input.PolicyInputList.map((text) => compiled.of(text)) };
  const results = simulate(input, simulatedCaller(call.accountId, input.CallerArn), policies, compiled);
  const numbered = results.map((result, index) => ({ result, key: String(index).padStart(6, '0') }));
  const { items, end } = pageOfList(input, numbered, ({ key }) => key);
  return { EvaluationResults: items.map(({ result }) => result), ...end };
};
