import type { HookState, ServiceDeploymentRecord } from '../../service-tables.ts';
import { type EventBody, isoTime } from './event.ts';

/** What EventBridge is told of the lifecycle hooks of a deployment: that each began, waits for somebody, and how it ended. */
export function hookEvents(
  before: ServiceDeploymentRecord | undefined,
  after: ServiceDeploymentRecord | undefined,
): readonly EventBody[] {
  if (!after?.stages || before?.stages?.hooks === after.stages.hooks) return [];
  const known = new Map(before?.stages?.hooks.map(({ hookId, status }) => [hookId, status]));
  return after.stages.hooks
    .filter(({ hookId, status }) => known.get(hookId) !== status)
    .map((hook) => hookEvent(after, hook));
}

function hookEvent(deployment: ServiceDeploymentRecord, hook: HookState): EventBody {
  const { hookId, status } = hook;
  return {
    accountId: deployment.accountId,
    region: deployment.region,
    detailType: 'ECS Hook State Change',
    resources: [deployment.arn],
    detail: {
      eventType: status === 'FAILED' || status === 'TIMED_OUT' ? 'ERROR' : 'INFO',
      eventName: `HOOK_${status}`,
      hookId,
      hookType: hook.targetType,
      expiresAt: isoTime(hook.expiresAt),
      lifecycleStage: hook.stage,
      clusterArn: deployment.clusterArn,
      serviceArn: deployment.serviceArn,
      serviceDeploymentArn: deployment.arn,
      updatedAt: isoTime(hook.endedAt ?? hook.startedAt),
    },
  };
}
