import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ControllerScene, openControllerScene } from '../controller-scene.test.ts';

const fargate = { networkMode: 'awsvpc', cpu: '256', memory: '512', requiresCompatibilities: ['FARGATE'] } as const;

/** A service of a strategy over both of Fargate's providers and two zones. */
async function openService(desiredCount: number): Promise<ControllerScene> {
  const scene = await openControllerScene(0);
  await scene.pool(1, { cpuUnits: 100_000, memoryMiB: 100_000 });
  await scene.define({ family: 'split', ...fargate });
  await scene.create({
    taskDefinition: 'split',
    desiredCount,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', base: 2, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ],
    networkConfiguration: { awsvpcConfiguration: { subnets: [...scene.subnetIds] } },
  });
  await scene.pass(60_000);
  return scene;
}

function split(scene: ControllerScene): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { capacityProviderName = '', availabilityZone = '', launchType, platformVersion } of scene.live()) {
    assert.deepEqual([launchType, platformVersion], ['FARGATE', '1.4.0']);
    const key = `${capacityProviderName} ${availabilityZone.at(-1)}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

test('tasks go to the providers by base and weight, and those of each evenly over the zones', async () => {
  const scene = await openService(10);
  assert.deepEqual(split(scene), { 'FARGATE a': 2, 'FARGATE b': 2, 'FARGATE_SPOT a': 3, 'FARGATE_SPOT b': 3 });
  await scene.update({ desiredCount: 14 });
  await scene.pass(60_000);
  const after = split(scene);
  const of = (name: string): number => (after[`${name} a`] ?? 0) + (after[`${name} b`] ?? 0);
  assert.deepEqual([of('FARGATE'), of('FARGATE_SPOT')], [5, 9]);
  for (const name of ['FARGATE', 'FARGATE_SPOT']) {
    assert(Math.abs((after[`${name} a`] ?? 0) - (after[`${name} b`] ?? 0)) <= 1, JSON.stringify(after));
  }
});
