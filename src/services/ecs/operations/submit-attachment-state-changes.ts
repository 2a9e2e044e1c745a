import type { SubmitAttachmentStateChangesRequest, SubmitAttachmentStateChangesResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { reportedTask } from '../agents/reported-task.ts';
import { invalidParameter } from '../errors.ts';
import type { EcsParts } from '../parts.ts';
import { findCluster } from '../references.ts';
import { applyAttachmentReport, isAttachment } from '../rules/attachment-report.ts';
import { type TaskRecord, tasks } from '../tables.ts';

/**
 * Attachments whose task the agent does not name. Agents use it for instance interfaces and EBS volumes, which are not
 * built, and hardly ever for a task's interface, so the tasks of the cluster are looked through.
 */
export const submitAttachmentStateChanges: Operation<
  SubmitAttachmentStateChangesRequest,
  SubmitAttachmentStateChangesResponse,
  EcsParts
> = async (input, { call, store }) => {
  await store.update((tx) => {
    const { arn: clusterArn } = findCluster(tx, call, input.cluster);
    for (const attachment of input.attachments) {
      const found = findOwner(tx.find(tasks, 'active', clusterArn), attachment.attachmentArn);
      if (!found) throw invalidParameter('The referenced attachment was not found.');
      const task = reportedTask(tx, call, undefined, found.arn);
      tx.put(tasks, applyAttachmentReport(task, attachment));
    }
  });
  return { acknowledgment: 'ACK' };
};

function findOwner(candidates: Iterable<TaskRecord>, attachmentArn: string): TaskRecord | undefined {
  for (const task of candidates) if (isAttachment(task, attachmentArn)) return task;
  return undefined;
}
