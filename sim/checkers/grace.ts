import type { Checker } from './checker.ts';
import { failedHealthChecks } from './service-health.ts';

/** A failed health check of a task that has just started counts only once the grace period of its service is over. */
export const grace: Checker = {
  name: 'health checks are overlooked in the grace period',
  watch: (system) => {
    system.onCommit((commit) => {
      for (const { before, after } of commit.tasks) {
        if (before?.desiredStatus !== 'RUNNING' || after?.stoppedReason !== failedHealthChecks) continue;
        const service = system.durable.services.get(after.serviceArn ?? '');
        if (!service || after.startedAt === undefined || after.stoppingAt === undefined) continue;
        const ranMs = after.stoppingAt - after.startedAt;
        if (ranMs < service.healthCheckGracePeriodSeconds * 1000) {
          system.fail(grace.name, `${after.arn} of ${service.name} is stopped ${ranMs} ms after it started`);
        }
      }
    });
  },
};
