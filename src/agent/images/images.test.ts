import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simWorld } from '../../world/sim/sim-world.ts';
import { type Docker, DockerError } from '../../world/docker.ts';
import { createImages, type Images, type PullBehavior } from './images.ts';
import type { RegistryAccess } from './registry-access.ts';

const anonymous: RegistryAccess = { key: '', authorization: () => Promise.resolve(undefined) };

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
    ensure: (reference) => sim.clock.runUntilSettled(images.ensure(reference, anonymous)),
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

test('the digest of an image that only the engine has is that of its own repository, and none where it was pushed to others', async () => {
  const sim = simWorld('digests', {});
  const world = sim.addHost('host', {}).boot();
  const digest = `sha256:${'cd'.repeat(32)}`;
  const digestFor = async (name: string, repoDigests: readonly string[]): Promise<string | undefined> => {
    const docker: Docker = {
      ...world.docker,
      inspectImage: () => Promise.resolve({ Id: digest, RepoDigests: repoDigests, Config: {} }),
    };
    const parts = { docker, clock: world.clock, log: world.log, pullTimeoutMs: 60_000 };
    const endpoint = 'http://127.0.0.1:4566';
    const images = createImages({ ...parts, behavior: 'prefer-cached', endpoint });
    return (await sim.clock.runUntilSettled(images.ensure(name, anonymous))).digest;
  };
  assert.equal(await digestFor('app:1', [`localhost:5000/app@${digest}`, `localhost:4566/app@${digest}`]), undefined);
  assert.equal(await digestFor('team/app:1', [`app@${digest}`]), undefined);
  assert.equal(await digestFor('host:5000/app:1', [`app@sha256:0`, `host:5000/app@${digest}`]), digest);
  for (const name of ['nginx', 'nginx:1', 'library/nginx', 'docker.io/library/nginx:1', 'docker.io/nginx'])
    assert.equal(await digestFor(name, [`nginx@${digest}`]), digest, name);
  assert.equal(await digestFor(ecrImage, [`localhost:4566/team/app@${digest}`]), digest);
});

test('a burst of tasks shares one pull', async () => {
  const { images, ensure, pulls } = engine('default');
  const first = images.ensure('nginx:latest', anonymous);
  await ensure('nginx:latest');
  await first;
  assert.equal(pulls(), 1);
});

const ecrImage = '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1';

/** An engine that pulls whatever it is asked for from the control plane's registry, or is told why not. */
function ownRegistry(refusal: () => DockerError | undefined): {
  readonly ensure: (reference: string, key: string) => Promise<{ readonly name: string }>;
  readonly ensureAtOnce: (reference: string, keys: readonly string[]) => Promise<unknown>;
  readonly pulls: readonly string[];
  readonly has: (reference: string) => Promise<boolean>;
} {
  const sim = simWorld('own registry', {});
  const world = sim.addHost('host', {}).boot();
  const pulls: string[] = [];
  const docker: Docker = {
    ...world.docker,
    pullImage: async (reference, authorization) => {
      const refused = refusal();
      if (refused) throw refused;
      pulls.push(`${reference} as ${authorization?.password ?? 'nobody'}`);
      await world.docker.importImage(reference, new Uint8Array(), []);
      return { digest: `sha256:${'ab'.repeat(32)}` };
    },
  };
  const endpoint = 'http://127.0.0.1:4566';
  const images = createImages({
    docker,
    clock: world.clock,
    log: world.log,
    behavior: 'default',
    pullTimeoutMs: 60_000,
    endpoint,
  });
  const access = (key: string): RegistryAccess => ({
    key,
    authorization: () => Promise.resolve({ username: 'AWS', password: key, serveraddress: 'localhost:4566' }),
  });
  return {
    ensure: (reference, key) => sim.clock.runUntilSettled(images.ensure(reference, access(key))),
    ensureAtOnce: (reference, keys) =>
      sim.clock.runUntilSettled(Promise.all(keys.map((key) => images.ensure(reference, access(key))))),
    pulls,
    has: async (reference) => (await sim.clock.runUntilSettled(world.docker.inspectImage(reference))) !== undefined,
  };
}

test('an image of ECR is pulled from the control plane with a token, and the engine knows it by its ECR name', async () => {
  const { ensure, pulls, has } = ownRegistry(() => undefined);
  const image = await ensure(ecrImage, 'role');
  assert.deepEqual(pulls, ['localhost:4566/team/app:v1 as role']);
  assert.equal(image.name, ecrImage);
  assert.equal(await has(ecrImage), true);
});

test('roles share no pull: what one may take another may not', async () => {
  const { ensureAtOnce, pulls } = ownRegistry(() => undefined);
  await ensureAtOnce(ecrImage, ['one', 'one', 'other']);
  assert.deepEqual(pulls.toSorted(), ['localhost:4566/team/app:v1 as one', 'localhost:4566/team/app:v1 as other']);
});

test('an image that its task may not have is not run because it is on the engine already', async () => {
  let refused: DockerError | undefined;
  const { ensure } = ownRegistry(() => refused);
  await ensure(ecrImage, 'role');
  refused = new DockerError('pull access denied for localhost:4566/team/app', 404);
  await assert.rejects(
    ensure(ecrImage, 'role'),
    /^StepError: CannotPullContainerError: Error response from daemon: pull/,
  );
  refused = new DockerError('Get "http://localhost:4566/v2/": dial tcp 127.0.0.1:4566: connection refused', 500);
  assert.equal((await ensure(ecrImage, 'role')).name, ecrImage);
});
