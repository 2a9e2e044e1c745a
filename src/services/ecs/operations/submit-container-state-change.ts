import type { SubmitContainerStateChangeRequest, SubmitContainerStateChangeResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../aws/operation.ts';
import { readContainerReport } from '../agents/container-report.ts';
import { reportedTask } from '../agents/reported-task.ts';
import type { EcsParts } from '../parts.ts';
import { applyContainerReport } from '../rules/lifecycle.ts';
import { tasks } from '../tables.ts';

/** A report on one container alone, as older agents send it. */
export const submitContainerStateChange: Operation<
  SubmitContainerStateChangeRequest,
  SubmitContainerStateChangeResponse,
  EcsParts
> = async (input, { call, store }) => {
  const report = readContainerReport(input);
  await store.update((tx) => {
    const task = reportedTask(tx, call, input.cluster, input.task);
    tx.put(tasks, applyContainerReport(task, report));
  });
  return { acknowledgment: 'ACK' };
};
