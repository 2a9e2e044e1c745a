import type { TaskNetworkInterface, TaskRecord } from '../tables.ts';

const order: readonly TaskNetworkInterface['attachmentStatus'][] = [
  'PRECREATED',
  'ATTACHING',
  'ATTACHED',
  'DETACHING',
  'DELETED',
];

/** The task after its agent has found the task's network interface. Attachments only go forward, like their tasks. */
export function applyAttachmentReport(
  task: TaskRecord,
  attachment: { readonly attachmentArn: string; readonly status: string },
): TaskRecord {
  const { networkInterface } = task;
  const status = order.find((known) => known === attachment.status);
  if (!networkInterface || !status || !isAttachment(task, attachment.attachmentArn)) return task;
  if (order.indexOf(status) <= order.indexOf(networkInterface.attachmentStatus)) return task;
  return {
    ...task,
    networkInterface: { ...networkInterface, attachmentStatus: status },
    version: task.version + 1,
  };
}

export function isAttachment(task: TaskRecord, attachmentArn: string): boolean {
  const { networkInterface } = task;
  return networkInterface !== undefined && attachmentArn.endsWith(`:attachment/${networkInterface.attachmentId}`);
}
