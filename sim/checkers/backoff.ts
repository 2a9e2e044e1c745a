import type { Checker } from './checker.ts';

/** A service whose launches keep failing waits between them, longer each time, and begins anew with a new deployment. */
export const backoff: Checker = {
  name: 'failing launches wait',
  watch: (system) => {
    system.onCommit((commit) => {
      for (const { before, after } of commit.services) {
        if (!before || !after || after.launchesAfter === undefined) continue;
        if (after.launchesAfter === before.launchesAfter) continue;
        system.saw('back-off');
        const waitMs = after.launchesAfter - system.clock.now();
        if (after.failedLaunches < 1 || waitMs > longestWaitMs) {
          system.fail(backoff.name, `${after.name} waits ${waitMs} ms after ${after.failedLaunches} failed launches`);
        }
      }
      const renewed = new Set(
        commit.deployments.flatMap(({ before, after }) => (!before && after ? [after.serviceArn] : [])),
      );
      for (const arn of renewed) {
        const service = system.durable.services.get(arn);
        const earlier = commit.services.find(({ key }) => key === arn)?.before;
        if (!service || earlier?.launchesAfter === undefined) continue;
        if (service.launchesAfter === earlier.launchesAfter) {
          system.fail(backoff.name, `${service.name} has a new deployment and waits as before`);
        }
      }
      for (const { before, after } of commit.tasks) {
        if (before || !after?.serviceArn || renewed.has(after.serviceArn)) continue;
        // It holds back what is deployed, not the replacements of what served before.
        if (system.durable.deployments.get(after.startedBy ?? '')?.status !== 'PRIMARY') continue;
        const service = system.durable.services.get(after.serviceArn);
        const change = commit.services.find(({ key }) => key === after.serviceArn);
        const until = change ? change.before?.launchesAfter : service?.launchesAfter;
        // Ended within the commit, it held no longer when the task was made.
        if (until === undefined || service?.launchesAfter === undefined) continue;
        if (after.createdAt < until) {
          system.fail(backoff.name, `${after.arn} of ${service.name} is made ${until - after.createdAt} ms too early`);
        }
      }
    });
  },
};

/** 27 minutes, and two for clocks that jump. */
const longestWaitMs = 29 * 60_000;
