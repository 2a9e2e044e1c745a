import type { Checker } from './checker.ts';
import { isStoppedByScheduler, isUnhealthy } from './service-health.ts';

/** The scheduler stops no protected task of a service that lives, unless its health check fails. */
export const protection: Checker = {
  name: 'protected tasks are not stopped',
  watch: (system) => {
    system.onCommit((commit) => {
      for (const { before, after } of commit.tasks) {
        if (!before || !after || !isStoppedByScheduler(before, after)) continue;
        const { protectedUntil } = before;
        if (protectedUntil === undefined || protectedUntil <= (after.stoppingAt ?? 0)) continue;
        if (after.protectedUntil === undefined || isUnhealthy(after)) continue;
        const service = system.durable.services.get(after.serviceArn ?? '');
        if (service?.status !== 'ACTIVE') continue;
        system.fail(
          protection.name,
          `${after.arn} of ${service.name} is protected and stopped: ${after.stoppedReason}`,
        );
      }
    });
  },
};
