import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Runner } from '../../../control/runner.ts';
import type { Reader } from '../../../store/store.ts';
import { manifestOf, openEcr, type OpenEcr } from '../open-ecr.test.ts';
import { createRepository } from '../operations/create-repository.ts';
import { getLifecyclePolicy } from '../operations/get-lifecycle-policy.ts';
import { listImages } from '../operations/list-images.ts';
import { putImage } from '../operations/put-image.ts';
import { putLifecyclePolicy } from '../operations/put-lifecycle-policy.ts';
import { repositories } from '../tables.ts';
import { keepInUseTag, lifecyclePolicies } from './lifecycle-policies.ts';

const repositoryName = 'app';
const day = 24 * 60 * 60 * 1000;
const keepOne = policy({ countType: 'imageCountMoreThan', countNumber: 1, tagStatus: 'any' });

function policy(selection: object): string {
  return JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });
}

async function openRepository(
  images: number,
  options: { readonly keepInUse?: boolean; readonly inUse?: (reader: Reader) => ReadonlySet<string> } = {},
): Promise<OpenEcr & { readonly tags: () => Promise<readonly string[]>; readonly digests: readonly string[] }> {
  const ecr = await openEcr();
  await ecr.run(createRepository, {
    repositoryName,
    ...(options.keepInUse === true ? { tags: [{ Key: keepInUseTag, Value: 'true' }] } : {}),
  });
  const [repository] = ecr.store.view((reader) => [...reader.list(repositories)]);
  await ecr.pushLayer(repository?.id ?? '', '{}');
  const digests: string[] = [];
  for (let index = 0; index < images; index += 1) {
    const imageManifest = manifestOf(['{}'], { annotations: { index: String(index) } });
    const { image } = await ecr.run(putImage, { repositoryName, imageManifest, imageTag: `v${index}` });
    digests.push(image?.imageId?.imageDigest ?? '');
    await ecr.clock.advance(1000);
  }
  const { store, clock } = ecr;
  const reconciler = lifecyclePolicies(options.inUse ?? ((): ReadonlySet<string> => new Set()));
  new Runner({ store, clock, log: ecr.parts.log, reconcilers: [reconciler] }).start();
  return {
    ...ecr,
    digests,
    tags: async () => {
      const { imageIds = [] } = await ecr.run(listImages, { repositoryName, maxResults: 1000 });
      return imageIds.map(({ imageTag }) => imageTag ?? '').toSorted();
    },
  };
}

test('a policy that is put is applied at once, to more images than a transaction holds, and says when', async () => {
  const ecr = await openRepository(150);
  await ecr.run(putLifecyclePolicy, { repositoryName, lifecyclePolicyText: keepOne });
  await ecr.clock.advance(5000);
  assert.deepEqual(await ecr.tags(), ['v149']);
  const { lastEvaluatedAt } = await ecr.run(getLifecyclePolicy, { repositoryName });
  assert.ok(lastEvaluatedAt);
});

test('it is applied again as time passes', async () => {
  const ecr = await openRepository(2);
  const lifecyclePolicyText = policy({
    countType: 'sinceImagePushed',
    countUnit: 'days',
    countNumber: 1,
    tagStatus: 'any',
  });
  await ecr.run(putLifecyclePolicy, { repositoryName, lifecyclePolicyText });
  await ecr.clock.advance(5000);
  assert.equal((await ecr.tags()).length, 2);
  await ecr.clock.advance(day + 2 * 60 * 60 * 1000);
  assert.deepEqual(await ecr.tags(), []);
});

test('images that tasks run on are kept where the repository’s tag says so', async () => {
  let inUse = new Set<string>();
  const ecr = await openRepository(3, { keepInUse: true, inUse: () => inUse });
  inUse = new Set(ecr.digests.slice(0, 1));
  await ecr.run(putLifecyclePolicy, { repositoryName, lifecyclePolicyText: keepOne });
  await ecr.clock.advance(5000);
  assert.deepEqual(await ecr.tags(), ['v0', 'v2']);
});
