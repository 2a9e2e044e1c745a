import { clientTokens, tasks } from '../../src/services/ecs/tables.ts';
import { shapes } from '../definitions.ts';
import { type KnownService, shapeOfDefinition } from '../service-users.ts';
import { cluster, type System } from '../system.ts';
import type { Checker } from './checker.ts';

/**
 * Whatever a client was told is there at the end: the cluster, the definitions, and each task with its wish to stop.
 * And nothing else is: the client repeats each RunTask with its token until it is answered, so it knows every task.
 */
const rule = 'no acknowledged write is lost';

export const acknowledgedWrites: Checker = {
  name: rule,
  settled: async (system, workload) => {
    const clusters = await workload.client.call('DescribeClusters', { clusters: [cluster] });
    if (!JSON.stringify(clusters).includes('"ACTIVE"')) system.fail(rule, `cluster ${cluster} is lost`);
    for (const { family } of shapes) {
      const answer = await workload.client.call('DescribeTaskDefinition', { taskDefinition: family });
      if (!answer) system.fail(rule, `task definition ${family} is lost`);
    }
    system.server?.store.view((reader) => {
      const excused = new Set<string>();
      for (const { clientToken, taskArns } of reader.list(clientTokens)) {
        if (workload.tasks.emptyTokens.has(clientToken)) for (const arn of taskArns) excused.add(arn);
      }
      for (const { arn, serviceArn } of reader.list(tasks)) {
        if (serviceArn === undefined && !workload.tasks.known.has(arn) && !excused.has(arn))
          system.fail(rule, `${arn} was started and no client was told: a request was carried out twice`);
      }
    });
    const known = [...workload.tasks.known.values()];
    for (let at = 0; at < known.length; at += 100) await workload.tasks.describe(known.slice(at, at + 100));
    const { live } = workload.services;
    for (let at = 0; at < live.length; at += 10) await workload.services.describe(live.slice(at, at + 10));
    for (const service of live) checkService(system, service);
  },
};

/** A service runs what it was told to last, or what it was rolled back to. */
function checkService(system: System, { arn, name, shape, families }: KnownService): void {
  const { deployments, revisions, serviceDeployments } = system.durable;
  const primary = [...deployments.all()].find((each) => each.serviceArn === arn && each.status === 'PRIMARY');
  const definition = revisions.get(primary?.revisionArn ?? '')?.settings.taskDefinitionArn ?? '';
  const family = shapeOfDefinition(definition)?.family ?? definition;
  if (family === shape.family) return;
  const wasRolledBack = [...serviceDeployments.all()].some((each) => each.serviceArn === arn && each.rollback);
  if (!wasRolledBack || !families.has(family)) {
    system.fail(rule, `${name} was told to run ${shape.family} and runs ${family}`);
  }
}
