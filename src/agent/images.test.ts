import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simWorld } from '../world/sim/sim-world.ts';
import type { Docker } from '../world/world.ts';
import { createImages, type Images, type PullBehavior } from './images.ts';

/** Images of one simulated engine, and how often a registry was asked. */
function engine(behavior: PullBehavior): {
  readonly images: Images;
  readonly ensure: (reference: string) => Promise<{ readonly digest?: string; readonly pulled: boolean }>;
  readonly pulls: () => number;
  readonly pass: (byMs: number) => Promise<void>;
} {
  const sim = simWorld(`images ${behavior}`, { latencies: true });
  const world = sim.addHost('host', { images: ['busybox:latest', 'registry.invalid/own/app:1'] }).boot();
  let pulls = 0;
  const docker: Docker = {
    ...world.docker,
    pullImage: (reference) => {
      pulls += 1;
      return world.docker.pullImage(reference);
    },
  };
  const images = createImages({ docker, clock: world.clock, log: world.log, behavior, pullTimeoutMs: 60_000 });
  return {
    images,
    ensure: (reference) => sim.clock.runUntilSettled(images.ensure(reference)),
    pulls: () => pulls,
    pass: (byMs) => sim.clock.advance(byMs),
  };
}

test('by default every task asks the registry', async () => {
  const { ensure, pulls } = engine('default');
  const image = await ensure('busybox:latest');
  assert.match(image.digest ?? '', /^sha256:/);
  await ensure('busybox:latest');
  assert.equal(pulls(), 2);
});

test('an image that only the engine has is used, and its registry is left in peace for a minute', async () => {
  const { ensure, pulls, pass } = engine('default');
  await ensure('registry.invalid/own/app:1');
  await ensure('registry.invalid/own/app:1');
  assert.equal(pulls(), 1);
  await pass(60_001);
  await ensure('registry.invalid/own/app:1');
  assert.equal(pulls(), 2);
});

test('always means that the engine’s own image is not good enough', async () => {
  const { ensure } = engine('always');
  await assert.rejects(ensure('registry.invalid/own/app:1'), /^StepError: CannotPullContainerError: Error response/);
});

test('an image named by its digest is asked for only when it is missing', async () => {
  const { ensure, pulls } = engine('default');
  const digest = `sha256:${'ab'.repeat(32)}`;
  assert.equal((await ensure(`busybox@${digest}`)).digest, digest);
  assert.equal((await ensure(`busybox@${digest}`)).digest, digest);
  assert.equal(pulls(), 1);
});

test('once and prefer-cached ask at most once', async () => {
  const once = engine('once');
  await once.ensure('busybox:latest');
  await once.ensure('busybox:latest');
  assert.equal(once.pulls(), 1);
  const cached = engine('prefer-cached');
  await cached.ensure('busybox:latest');
  assert.equal(cached.pulls(), 0);
});

test('a burst of tasks shares one pull', async () => {
  const { images, ensure, pulls } = engine('default');
  const first = images.ensure('nginx:latest');
  await ensure('nginx:latest');
  await first;
  assert.equal(pulls(), 1);
});
