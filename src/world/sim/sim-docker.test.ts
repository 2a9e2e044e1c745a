import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Docker, DockerError } from '../docker.ts';
import { type SimHost, simWorld } from './sim-world.ts';

test('pulls fail in the words of the engine', async () => {
  const { docker } = machine();
  const cases: readonly (readonly [string, RegExp])[] = [
    ['redis:9.9', /^manifest for redis:9\.9 not found: manifest unknown: manifest unknown$/],
    [
      'nobody/nothing',
      /^pull access denied for nobody\/nothing, repository does not exist or may require 'docker login'/,
    ],
    [
      'registry.invalid/app:1',
      /^Get "https:\/\/registry\.invalid\/v2\/": dial tcp: lookup registry\.invalid: no such host$/,
    ],
  ];
  for (const [reference, message] of cases) await assert.rejects(docker.pullImage(reference), { message });
  const { digest } = await docker.pullImage('redis:8');
  assert.match(digest ?? '', /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual((await docker.inspectImage('redis:8'))?.RepoDigests, [`redis@${digest}`]);
});

test('a program that is not there fails the start and leaves the container as created', async () => {
  const { docker } = machine();
  const id = await docker.createContainer('one', { Image: 'busybox', Cmd: ['nonsense'] });
  await assert.rejects(docker.startContainer(id), {
    message: /exec: "nonsense": executable file not found in \$PATH: unknown$/,
  });
  const state = (await docker.inspectContainer(id))?.State;
  assert.equal(state?.Status, 'created');
  assert.equal(state?.ExitCode, 127);
});

test('a host port is given to one running container at a time', async () => {
  const { docker } = machine();
  const start = async (name: string): Promise<string> => {
    const HostConfig = { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } };
    const id = await docker.createContainer(name, { Image: 'busybox', Cmd: ['sleep', '100'], HostConfig });
    await docker.startContainer(id);
    return id;
  };
  const first = await start('first');
  await assert.rejects(start('second'), { message: /Bind for 0\.0\.0\.0:8080 failed: port is already allocated$/ });
  await docker.removeContainer(first, { force: true, volumes: false });
  await start('third');
});

test('what takes more memory than its limit is killed and says why', async () => {
  const { docker, sim } = machine();
  const id = await run(docker, ['tail', '/dev/zero'], { HostConfig: { Memory: 1 << 24 } });
  await sim.clock.advance(1000);
  const state = (await docker.inspectContainer(id))?.State;
  assert.deepEqual([state?.OOMKilled, state?.ExitCode], [true, 137]);
});

test('health goes from starting to healthy or, after the retries, to unhealthy', async () => {
  const { docker, sim, host } = machine();
  const Healthcheck = { Test: ['CMD-SHELL', 'exit 0'], Interval: 5e9, Retries: 2 };
  const id = await run(docker, ['sleep', '1000'], { Healthcheck });
  const health = async (): Promise<string | undefined> => (await docker.inspectContainer(id))?.State.Health?.Status;
  assert.equal(await health(), 'starting');
  await sim.clock.advance(5000);
  assert.equal(await health(), 'healthy');
  host.engine.forceHealth(id, false);
  await sim.clock.advance(5000);
  assert.equal(await health(), 'healthy');
  await sim.clock.advance(5000);
  assert.equal(await health(), 'unhealthy');
});

test('a signal without a handler does nothing to the first process of a container', async () => {
  const { docker, sim } = machine();
  const id = await run(docker, ['sleep', '1000'], {});
  const stopping = docker.stopContainer(id, 30);
  await sim.clock.advance(29_000);
  assert.equal((await docker.inspectContainer(id))?.State.Running, true);
  await sim.clock.advance(1000);
  await stopping;
  assert.equal((await docker.inspectContainer(id))?.State.ExitCode, 137);
});

test('a daemon that goes down breaks calls and streams, stops containers and comes back with them', async () => {
  const { docker, host } = machine();
  const id = await run(docker, ['sleep', '1000'], {});
  const watching = (async () => {
    for await (const event of docker.events([], new AbortController().signal)) assert.ok(event);
  })();
  await docker.version();
  host.engine.goDown();
  await assert.rejects(watching, DockerError);
  await assert.rejects(docker.version(), (error) => error instanceof DockerError && error.status === undefined);
  host.engine.comeBack();
  assert.equal((await docker.inspectContainer(id))?.State.Status, 'exited');
});

test('a hanging daemon answers when it wakes', async () => {
  const { docker, host, sim } = machine();
  host.engine.hang();
  let answered = false;
  void docker.version().then(() => {
    answered = true;
  });
  await sim.clock.advance(60_000);
  assert.equal(answered, false);
  host.engine.comeBack();
  await sim.clock.settle();
  assert.equal(answered, true);
});

test('the engine carries out what a process asked for before it died', async () => {
  const sim = simWorld('seed', { latencies: true });
  const host = sim.addHost('machine', { images: ['busybox:latest'] });
  let answered = false;
  void host
    .boot()
    .docker.createContainer('orphan', { Image: 'busybox' })
    .then(() => {
      answered = true;
    });
  host.crash('process');
  await sim.clock.run();
  assert.equal(answered, false);
  const found = await sim.clock.runUntilSettled(host.boot().docker.inspectContainer('orphan'));
  assert.equal(found?.Name, '/orphan');
});

function machine(): { readonly docker: Docker; readonly host: SimHost; readonly sim: ReturnType<typeof simWorld> } {
  const sim = simWorld('seed', { dueRunsByItself: true });
  const host = sim.addHost('machine');
  return { docker: host.boot().docker, host, sim };
}

async function run(
  docker: Docker,
  command: readonly string[],
  body: Readonly<Record<string, unknown>>,
): Promise<string> {
  const id = await docker.createContainer('one', { Image: 'busybox', Cmd: command, ...body });
  await docker.startContainer(id);
  return id;
}
