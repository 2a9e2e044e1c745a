import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from './collector.ts';
import { manifestOf, openEcr, type OpenEcr } from './open-ecr.test.ts';
import { batchCheckLayerAvailability } from './operations/batch-check-layer-availability.ts';
import { batchDeleteImage } from './operations/batch-delete-image.ts';
import { createRepository } from './operations/create-repository.ts';
import { deleteRepository } from './operations/delete-repository.ts';
import { initiateLayerUpload } from './operations/initiate-layer-upload.ts';
import { putImage } from './operations/put-image.ts';
import { deletedRepositories, images, imageTags, layers, repositories } from './tables.ts';

const hour = 60 * 60 * 1000;
const repositoryName = 'team/app';

async function openRepository(): Promise<OpenEcr & { readonly id: string }> {
  const ecr = await openEcr();
  await ecr.run(createRepository, { repositoryName });
  const [repository] = ecr.store.view((reader) => [...reader.list(repositories)]);
  return { ...ecr, id: repository?.id ?? '' };
}

async function blobs({ files }: OpenEcr): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const digest of files.digests()) found.push(digest);
  return found;
}

test('a layer that no image holds goes an hour after somebody was told of it', async () => {
  const ecr = await openRepository();
  const layerDigest = await ecr.pushLayer(ecr.id, 'a layer');
  await ecr.clock.advance(50 * 60_000);
  await ecr.run(batchCheckLayerAvailability, { repositoryName, layerDigests: [layerDigest] });
  await ecr.clock.advance(50 * 60_000);
  await collect(ecr.store, ecr.parts);
  assert.deepEqual(await blobs(ecr), [layerDigest]);
  await ecr.clock.advance(hour);
  await collect(ecr.store, ecr.parts);
  assert.deepEqual(await blobs(ecr), []);
  const { layers: found } = await ecr.run(batchCheckLayerAvailability, { repositoryName, layerDigests: [layerDigest] });
  assert.deepEqual(found, [{ layerDigest, layerAvailability: 'UNAVAILABLE' }]);
});

test('what an image holds stays for as long as the image does', async () => {
  const ecr = await openRepository();
  const contents = ['{}', 'layer'];
  const digests = [await ecr.pushLayer(ecr.id, '{}'), await ecr.pushLayer(ecr.id, 'layer')];
  const { image } = await ecr.run(putImage, { repositoryName, imageManifest: manifestOf(contents), imageTag: 'v1' });
  const manifestDigest = image?.imageId?.imageDigest ?? '';
  await ecr.clock.advance(48 * hour);
  await collect(ecr.store, ecr.parts);
  assert.deepEqual([...(await blobs(ecr))].toSorted(), [...digests, manifestDigest].toSorted());
  await ecr.run(batchDeleteImage, { repositoryName, imageIds: [{ imageTag: 'v1' }] });
  await collect(ecr.store, ecr.parts);
  assert.deepEqual(await blobs(ecr), []);
});

test('bytes that another repository has too stay', async () => {
  const ecr = await openRepository();
  await ecr.run(createRepository, { repositoryName: 'other' });
  const other = ecr.store.view((reader) => [...reader.list(repositories)].find(({ name }) => name === 'other'));
  const digest = await ecr.pushLayer(ecr.id, 'shared');
  await ecr.pushLayer(other?.id ?? '', 'shared');
  await ecr.run(deleteRepository, { repositoryName });
  await collect(ecr.store, ecr.parts);
  assert.deepEqual(await blobs(ecr), [digest]);
});

test('a deleted repository leaves nothing, and a new one of its name is empty', async () => {
  const ecr = await openRepository();
  await ecr.pushLayer(ecr.id, '{}');
  for (let index = 0; index < 100; index += 1) {
    const imageManifest = manifestOf(['{}'], { annotations: { index: String(index) } });
    await ecr.run(putImage, { repositoryName, imageManifest, imageTag: `v${index}` });
  }
  await ecr.run(deleteRepository, { repositoryName, force: true });
  await ecr.run(createRepository, { repositoryName });
  await collect(ecr.store, ecr.parts);
  ecr.store.view((reader) => {
    for (const table of [images, imageTags, layers, deletedRepositories]) {
      assert.equal([...reader.list(table as typeof images)].length, 0, table.name);
    }
  });
  assert.deepEqual(await blobs(ecr), []);
});

test('an upload that nobody finished within a day goes', async () => {
  const ecr = await openRepository();
  const { uploadId = '' } = await ecr.run(initiateLayerUpload, { repositoryName });
  await ecr.clock.advance(23 * hour);
  await collect(ecr.store, ecr.parts);
  assert.equal(await ecr.files.uploadedBytes(uploadId), 0);
  await ecr.clock.advance(2 * hour);
  await collect(ecr.store, ecr.parts);
  assert.deepEqual(await ecr.files.uploads(), []);
});
