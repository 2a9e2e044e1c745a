import type { SubmitTaskStateChangeRequest, SubmitTaskStateChangeResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { readContainerReport, readStatus } from '../agents/container-report.ts';
import { longestReason, reportedTask } from '../agents/reported-task.ts';
import type { EcsParts } from '../parts.ts';
import { applyAttachmentReport } from '../rules/attachment-report.ts';
import { applyTaskReport, type TaskReport } from '../rules/lifecycle.ts';
import { tasks } from '../tables.ts';

/**
 * An agent's report on one task and its containers. Reports are repeated until they are answered and may come late: the
 * same one again changes nothing, and what would take a task back is passed over.
 */
export const submitTaskStateChange: Operation<
  SubmitTaskStateChangeRequest,
  SubmitTaskStateChangeResponse,
  EcsParts
> = async (input, { call, store }) => {
  // Attachments come alone, without a status; so does a container of a task that stays as it is.
  const status = input.status === undefined ? 'PENDING' : readStatus(input.status);
  const { reason, pullStartedAt, pullStoppedAt, executionStoppedAt } = input;
  const report: TaskReport = {
    status,
    containers: (input.containers ?? []).map(readContainerReport),
    ...(reason && { reason: reason.slice(0, longestReason) }),
    ...(pullStartedAt && { pullStartedAt: pullStartedAt.getTime() }),
    ...(pullStoppedAt && { pullStoppedAt: pullStoppedAt.getTime() }),
    ...(executionStoppedAt && { executionStoppedAt: executionStoppedAt.getTime() }),
  };
  await store.update((tx, env) => {
    const task = reportedTask(tx, call, input.cluster, input.task);
    const attached = (input.attachments ?? []).reduce(applyAttachmentReport, task);
    tx.put(tasks, applyTaskReport(attached, report, env.now));
  });
  return { acknowledgment: 'ACK' };
};
