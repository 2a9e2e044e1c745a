import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs } from '../open-ecs.test.ts';
import { createCluster } from './create-cluster.ts';
import { deleteCluster } from './delete-cluster.ts';
import { listClusters } from './list-clusters.ts';

test('pages give each cluster that stays once while others come and go', async () => {
  const ecs = await openEcs();
  const stay = Array.from({ length: 9 }, (_, at) => `stay-${at}`);
  for (const clusterName of stay) await ecs.ask(createCluster, { clusterName });
  const seen: string[] = [];
  let nextToken: string | undefined;
  let round = 0;
  do {
    const page = await ecs.ask(listClusters, { maxResults: 2, nextToken });
    seen.push(...(page.clusterArns ?? []));
    nextToken = page.nextToken;
    await ecs.ask(createCluster, { clusterName: `a-${round}` });
    await ecs.ask(createCluster, { clusterName: `z-${round}` });
    await ecs.ask(deleteCluster, { cluster: `z-${round}` });
    round += 1;
  } while (nextToken !== undefined);
  assert.deepEqual(
    seen.map((arn) => arn.split('/')[1]),
    stay,
  );
});

test('a page size out of range and a token from elsewhere are refused', async () => {
  const ecs = await openEcs();
  for (const maxResults of [0, -1, 101, 1.5]) {
    await ecs.refuses(listClusters, { maxResults }, 'InvalidParameterException');
  }
  for (const nextToken of ['', 'zz', 'abc', 'ff']) {
    if (nextToken !== '') await ecs.refuses(listClusters, { nextToken }, 'InvalidParameterException');
  }
});
