import { shapes } from '../definitions.ts';
import { cluster } from '../system.ts';
import type { Checker } from './checker.ts';

/** Whatever a client was told is there at the end: the cluster, the definitions, and each task with its wish to stop. */
export const acknowledgedWrites: Checker = {
  name: 'no acknowledged write is lost',
  settled: async (system, workload) => {
    const clusters = await workload.call('DescribeClusters', { clusters: [cluster] });
    if (!JSON.stringify(clusters).includes('"ACTIVE"')) system.fail(`cluster ${cluster} is lost`);
    for (const { family } of shapes) {
      const answer = await workload.call('DescribeTaskDefinition', { taskDefinition: family });
      if (!answer) system.fail(`task definition ${family} is lost`);
    }
    const known = [...workload.known.values()];
    for (let at = 0; at < known.length; at += 100) await workload.describe(known.slice(at, at + 100));
  },
};
