import type { Authorizer } from '../../aws/authorizer.ts';
import { AwsError } from '../../aws/error.ts';
import { type CompiledPolicies, createCompiledPolicies } from './compiled-policies.ts';
import { policiesOf } from './principal-policies.ts';
import { requestContext } from './request-context.ts';
import { evaluate } from './rules/evaluate.ts';
import { denialMessage } from './rules/wording.ts';

/** Asks the policies of the state, as they are now, about every request. */
export function createAuthorizer(compiled: CompiledPolicies = createCompiledPolicies()): Authorizer {
  return {
    refuse(reader, call, permissions) {
      if (permissions.length === 0) return undefined;
      const of = policiesOf(reader, call.principal, compiled);
      for (const permission of permissions) {
        const { action, resourcePolicy, resourcePolicyDecides = false } = permission;
        const context = requestContext(call, of, permission);
        const policies =
          resourcePolicy === undefined ? of.policies : { ...of.policies, resource: compiled.of(resourcePolicy) };
        for (const resource of permission.resources) {
          const decision = evaluate({
            caller: of.caller,
            action,
            resource,
            resourceAccountId: permission.resourceAccountId ?? call.accountId,
            context,
            policies,
            resourcePolicyDecides,
          });
          if (decision.decision === 'allow') continue;
          return accessDenied(denialMessage(call.principal.arn, action, resource, decision));
        }
      }
      return undefined;
    },
  };
}

export function accessDenied(message: string): AwsError {
  return new AwsError('AccessDenied', message, { status: 403 });
}
