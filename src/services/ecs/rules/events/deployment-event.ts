import type { DeploymentRecord } from '../../service-tables.ts';
import { type EventBody, isoTime } from './event.ts';

/** What EventBridge is told of a deployment: that it began, and how it ended. */
export function deploymentEvent(
  before: DeploymentRecord | undefined,
  after: DeploymentRecord | undefined,
): EventBody | undefined {
  if (!after || before?.rolloutState === after.rolloutState) return undefined;
  const detail = {
    eventType: after.rolloutState === 'FAILED' ? 'ERROR' : 'INFO',
    eventName: `SERVICE_DEPLOYMENT_${after.rolloutState}`,
    deploymentId: after.id,
    updatedAt: isoTime(after.updatedAt),
    reason: after.rolloutStateReason,
  };
  return {
    accountId: after.accountId,
    region: after.region,
    detailType: 'ECS Deployment State Change',
    resources: [after.serviceArn],
    detail,
  };
}
