import type { Env } from '../../store/store.ts';
import { findAwsManagedPolicy } from './aws-managed-policies.ts';
import { invalidInput } from './errors.ts';
import { newUniqueId } from './ids.ts';
import type { RoleRecord } from './tables.ts';

/** The roles that services here are known to have, by the service. */
const known: Readonly<
  Record<string, { readonly role: string; readonly policy?: string; readonly description?: string }>
> = {
  'ecs.amazonaws.com': {
    role: 'AWSServiceRoleForECS',
    policy: 'AmazonECSServiceRolePolicy',
    description: 'Role to enable Amazon ECS to manage your cluster.',
  },
  'ecs.application-autoscaling.amazonaws.com': {
    role: 'AWSServiceRoleForApplicationAutoScaling_ECSService',
    policy: 'AWSApplicationAutoscalingECSServicePolicy',
  },
  'autoscaling.amazonaws.com': {
    role: 'AWSServiceRoleForAutoScaling',
    policy: 'AutoScalingServiceRolePolicy',
    description:
      'Default Service-Linked Role enables access to AWS Services and Resources used or managed by Auto Scaling',
  },
  'elasticloadbalancing.amazonaws.com': { role: 'AWSServiceRoleForElasticLoadBalancing' },
  'replication.ecr.amazonaws.com': { role: 'AWSServiceRoleForECRReplication' },
  'spot.amazonaws.com': { role: 'AWSServiceRoleForEC2Spot' },
};

/** A role that only the service may assume and only AWS may change. */
export function linkedRole(
  env: Env,
  accountId: string,
  service: string,
  asked: { readonly Description?: string | undefined; readonly CustomSuffix?: string | undefined },
): RoleRecord {
  const role = Object.hasOwn(known, service) ? known[service] : undefined;
  if (!role) throw invalidInput(`Longshore has no service-linked role of ${service}.`);
  if (asked.CustomSuffix !== undefined && service !== 'autoscaling.amazonaws.com') {
    throw invalidInput(`Custom suffix is not allowed for ${service}`);
  }
  const policyArn = `arn:aws:iam::aws:policy/aws-service-role/${role.policy}`;
  const description = asked.Description ?? role.description;
  return {
    accountId,
    name: asked.CustomSuffix === undefined ? role.role : `${role.role}_${asked.CustomSuffix}`,
    path: `/aws-service-role/${service}/`,
    id: newUniqueId(env, 'role'),
    createdAt: env.now,
    inlinePolicies: [],
    attachedPolicyArns: findAwsManagedPolicy(policyArn) ? [policyArn] : [],
    trustPolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    }),
    ...(description !== undefined && { description }),
    maxSessionSeconds: 3600,
    tags: [],
    linkedService: service,
  };
}
