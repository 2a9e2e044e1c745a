import { clientTokens, tasks } from '../../src/services/ecs/tables.ts';
import { shapes } from '../definitions.ts';
import { cluster } from '../system.ts';
import type { Checker } from './checker.ts';

/**
 * Whatever a client was told is there at the end: the cluster, the definitions, and each task with its wish to stop.
 * And nothing else is: the client repeats each RunTask with its token until it is answered, so it knows every task.
 */
export const acknowledgedWrites: Checker = {
  name: 'no acknowledged write is lost',
  settled: async (system, workload) => {
    const clusters = await workload.call('DescribeClusters', { clusters: [cluster] });
    if (!JSON.stringify(clusters).includes('"ACTIVE"')) system.fail(`cluster ${cluster} is lost`);
    for (const { family } of shapes) {
      const answer = await workload.call('DescribeTaskDefinition', { taskDefinition: family });
      if (!answer) system.fail(`task definition ${family} is lost`);
    }
    system.server?.store.view((reader) => {
      const excused = new Set<string>();
      for (const { clientToken, taskArns } of reader.list(clientTokens)) {
        if (workload.emptyTokens.has(clientToken)) for (const arn of taskArns) excused.add(arn);
      }
      for (const { arn } of reader.list(tasks)) {
        if (!workload.known.has(arn) && !excused.has(arn))
          system.fail(`${arn} was started and no client was told: a request was carried out twice`);
      }
    });
    const known = [...workload.known.values()];
    for (let at = 0; at < known.length; at += 100) await workload.describe(known.slice(at, at + 100));
  },
};
