import type { EvaluationResult, SimulateCustomPolicyRequest } from '@aws-sdk/client-iam';
import type { Answer, Parsed } from '../../aws/operation.ts';
import { checkPolicy } from './checks.ts';
import type { CompiledPolicies } from './compiled-policies.ts';
import { invalidInput } from './errors.ts';
import { type Context, contextOf } from './rules/context.ts';
import { evaluate, type Policies } from './rules/evaluate.ts';
import type { Caller } from './rules/principals.ts';

/** What both simulations are given besides whose policies they are about. */
export type SimulationInput = Omit<Parsed<SimulateCustomPolicyRequest>, 'PolicyInputList'>;

/** The decision on each action and each resource, in the words of the policy simulator. */
export function simulate(
  input: SimulationInput,
  caller: Caller,
  policies: Policies,
  compiled: CompiledPolicies,
): readonly Answer<EvaluationResult>[] {
  const { ActionNames: actions, ResourceArns: resources = ['*'], ResourcePolicy: resourcePolicy } = input;
  if (resourcePolicy !== undefined) checkPolicy(resourcePolicy, 'resource');
  const boundaries = input.PermissionsBoundaryPolicyInputList ?? [];
  for (const text of boundaries) checkPolicy(text, 'identity');
  const [boundary] = boundaries;
  const context = simulatedContext(input);
  const ownAccountId = 'accountId' in caller ? caller.accountId : '';
  return actions.flatMap((action) => {
    if (!/^[A-Za-z0-9-]+:[A-Za-z0-9*?_-]+$/.test(action)) throw invalidInput(`Invalid action name: ${action}`);
    return resources.map((resource) => {
      const decision = evaluate({
        caller,
        action,
        resource,
        resourceAccountId: /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? ownAccountId,
        context,
        policies: {
          ...policies,
          ...(boundary !== undefined && { boundary: compiled.of(boundary) }),
          ...(resourcePolicy !== undefined && { resource: compiled.of(resourcePolicy) }),
        },
      });
      const isAllowed = decision.decision === 'allow';
      return {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: decision.decision === 'allow' ? ('allowed' as const) : decision.decision,
        MatchedStatements: [],
        MissingContextValues: [],
        ...(policies.boundary || boundary !== undefined
          ? {
              PermissionsBoundaryDecisionDetail: {
                AllowedByPermissionsBoundary: isAllowed || decision.by !== 'boundary',
              },
            }
          : {}),
      };
    });
  });
}

function simulatedContext({ ContextEntries: entries = [] }: SimulationInput): Context {
  return contextOf(
    Object.fromEntries(
      entries.map(({ ContextKeyName: name = '', ContextKeyValues: values = [] }) => [name, values] as const),
    ),
  );
}

/** The one whom `CallerArn` names, or a user of the account without a name. */
export function simulatedCaller(accountId: string, arn: string | undefined): Caller {
  if (arn === undefined) return { kind: 'user', accountId, arn: `arn:aws:iam::${accountId}:user/simulated` };
  const callerAccountId = arn.split(':')[4] ?? accountId;
  return { kind: 'user', accountId: callerAccountId, arn };
}
