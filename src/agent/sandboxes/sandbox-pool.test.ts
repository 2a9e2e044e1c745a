import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SimHost } from '../../world/sim/sim-world.ts';
import { container, machine, task } from '../agent-scene.test.ts';
import type { PayloadContainer, PayloadTask } from '../contract.ts';
import { fitsSandbox, sandboxLabel } from './sandbox.ts';

const sandboxesOf = (host: SimHost) => host.engine.containers.filter(({ labels }) => sandboxLabel in labels);
const appsOf = (host: SimHost) => host.engine.containers.filter(({ labels }) => !(sandboxLabel in labels));
const networksOf = (host: SimHost): readonly (string | undefined)[] =>
  appsOf(host).map(({ body }) => body.HostConfig?.NetworkMode);
const sleeper = (over: Partial<PayloadTask> = {}): PayloadTask => task([container('app', 'sleep 3600')], over);

test('the first task of a kind finds no sandbox; those that come later each have one of their own', async () => {
  const { peer, start, until, host } = await machine('pool', { warmSandboxes: 2 });
  const agent = await start();
  assert.equal(sandboxesOf(host).length, 0, 'nobody has had use for one');
  const first = sleeper();
  peer.payload(first);
  await until(() => peer.has(first.arn, 'RUNNING'));
  assert.deepEqual(networksOf(host), ['bridge']);
  await until(() => agent.sandboxes().ready === 2);
  const more = [sleeper(), sleeper(), sleeper()];
  peer.payload(...more);
  await until(() => more.every(({ arn }) => peer.has(arn, 'RUNNING')));
  const joined = networksOf(host).filter((mode) => mode?.startsWith('container:'));
  assert.equal(joined.length, 2);
  assert.equal(new Set(joined).size, 2);
  const { hits, misses } = agent.sandboxes();
  assert.deepEqual({ hits, misses }, { hits: 2, misses: 2 });
  const address = agent.tasks().find(({ arn }) => arn === more[0]?.arn)?.containers['app']?.address;
  assert.match(address ?? '', /^172\.17\./, 'the address is that of the sandbox');
});

test('a burst shows how many are of use, and an hour later they are too many', async () => {
  const { peer, start, until, host, sim } = await machine('burst', { warmSandboxes: { least: 1, most: 4 } });
  const agent = await start();
  const burst = Array.from({ length: 3 }, () => sleeper());
  peer.payload(...burst);
  await until(() => agent.sandboxes().ready === 3);
  peer.payload(...Array.from({ length: 9 }, () => sleeper()));
  await until(() => agent.sandboxes().hits === 3 && agent.sandboxes().ready === 4);
  peer.payload(sleeper());
  await until(() => agent.sandboxes().hits === 4 && agent.sandboxes().ready === 4);
  await sim.clock.advance(3700_000);
  assert.equal(agent.sandboxes().ready, 1);
  const taken = agent.tasks().flatMap(({ containers }) => containers['app']?.sandbox ?? []).length;
  assert.equal(sandboxesOf(host).length, taken + 1);
});

test('a sandbox goes with the container it was given to, and another takes its place', async () => {
  const { peer, start, until, host } = await machine('goes', { warmSandboxes: 1 });
  const agent = await start();
  const [first, second] = [sleeper(), sleeper()];
  peer.payload(first);
  await until(() => agent.sandboxes().ready === 1);
  const [made] = sandboxesOf(host);
  peer.payload(second);
  await until(() => peer.has(second.arn, 'RUNNING') && agent.sandboxes().ready === 1);
  peer.payload({ ...second, desiredStatus: 'STOPPED' });
  await until(() => peer.has(second.arn, 'STOPPED') && sandboxesOf(host).length === 1);
  assert.notEqual(sandboxesOf(host)[0]?.id, made?.id);
});

test('a container that its policy restarts keeps its sandbox', async () => {
  const { peer, start, until, host, sim } = await machine('policy', { warmSandboxes: 1 });
  const agent = await start();
  peer.payload(sleeper());
  await until(() => agent.sandboxes().ready === 1);
  const restartPolicy = { enabled: true, ignoredExitCodes: [], restartAttemptPeriod: 60 };
  const wanted = task([container('app', 'sleep 90; exit 1', { restartPolicy })]);
  peer.payload(wanted);
  await sim.clock.advance(200_000);
  const seen = agent.tasks().find(({ arn }) => arn === wanted.arn)?.containers['app'];
  assert.equal(seen?.restarts, 2);
  assert.ok(sandboxesOf(host).some(({ id, isRunning }) => id === seen?.sandbox?.id && isRunning));
});

for (const killAtMs of [0, 5, 20, 60, 150, 300, 700, 1500, 2200]) {
  test(`an agent killed ${killAtMs} ms after payloads leaves no sandbox over and gives none to two`, async () => {
    const { peer, start, until, kill, host, sim } = await machine(`killed ${killAtMs}`, { warmSandboxes: 3 });
    const before = await start();
    const first = sleeper();
    peer.payload(first);
    await until(() => before.sandboxes().ready === 3);
    const early = [sleeper(), sleeper()];
    peer.payload(...early);
    await sim.clock.advance(killAtMs);
    kill();
    const agent = await start();
    const late = [sleeper(), sleeper(), sleeper()];
    peer.payload(...early, ...late);
    const all = [first, ...early, ...late];
    await until(() => all.every(({ arn }) => peer.has(arn, 'RUNNING')) && agent.sandboxes().ready === 3);
    const joined = networksOf(host).filter((mode) => mode?.startsWith('container:'));
    assert.equal(new Set(joined).size, joined.length, 'no two share one');
    assert.ok(joined.length >= 2, 'those made by the agent before are used');
    await sim.clock.advance(40_000); // the next look at all
    assert.equal(sandboxesOf(host).length, 3 + joined.length);
    peer.payload(...all.map((one): PayloadTask => ({ ...one, desiredStatus: 'STOPPED' })));
    await until(() => all.every(({ arn }) => peer.has(arn, 'STOPPED')) && sandboxesOf(host).length === 3);
  });
}

test('after an engine restart, sandboxes are made anew and a restarted container finds its network again', async () => {
  const { peer, start, until, host, sim } = await machine('engine restart', { warmSandboxes: 2 });
  const agent = await start();
  peer.payload(sleeper());
  await until(() => agent.sandboxes().ready === 2);
  const restartPolicy = { enabled: true, ignoredExitCodes: [], restartAttemptPeriod: 1 };
  const wanted = task([container('app', 'sleep 3600', { restartPolicy })]);
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING') && agent.sandboxes().ready === 2);
  await sim.clock.advance(5000);
  host.engine.goDown();
  await sim.clock.advance(3000);
  host.engine.comeBack();
  await until(() => agent.tasks().find(({ arn }) => arn === wanted.arn)?.containers['app']?.restarts === 1);
  await until(() => agent.sandboxes().ready === 2);
  assert.ok(sandboxesOf(host).every(({ isRunning }) => isRunning));
  const seen = agent.tasks().find(({ arn }) => arn === wanted.arn)?.containers['app'];
  assert.equal(seen?.phase, 'running');
  assert.equal(seen.sandbox?.isLost, undefined);
  const networks = host.engine.containers.find(({ id }) => id === seen.sandbox?.id)?.inspect().NetworkSettings.Networks;
  assert.equal(seen.address, networks?.['bridge']?.IPAddress, 'its address is the new one');
});

test('a container whose sandbox is killed has no network, so it is stopped', async () => {
  const { peer, start, until, host } = await machine('sandbox killed', { warmSandboxes: 1 });
  const agent = await start();
  peer.payload(sleeper());
  await until(() => agent.sandboxes().ready === 1);
  const [made] = sandboxesOf(host);
  const wanted = sleeper();
  peer.payload(wanted);
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  host.engine.crashContainer(made?.id ?? '', 137);
  await until(() => peer.has(wanted.arn, 'STOPPED'));
});

test('a task whose sandbox somebody removed gets a network of its own', async () => {
  const { peer, start, until, host } = await machine('sandbox removed', { warmSandboxes: 1 });
  const agent = await start();
  peer.payload(sleeper());
  await until(() => agent.sandboxes().ready === 1);
  const wanted = sleeper();
  peer.payload(wanted);
  await until(() => agent.tasks().some(({ arn }) => arn === wanted.arn));
  host.engine.removeBehindBack(sandboxesOf(host)[0]?.id ?? '');
  await until(() => peer.has(wanted.arn, 'RUNNING'));
  assert.deepEqual(networksOf(host), ['bridge', 'bridge']);
});

test('an agent that ends takes its sandboxes along and leaves those of tasks', async () => {
  const { peer, start, until, host, sim } = await machine('end', { warmSandboxes: 2 });
  const agent = await start();
  peer.payload(sleeper());
  await until(() => agent.sandboxes().ready === 2);
  const second = sleeper();
  peer.payload(second);
  await until(() => peer.has(second.arn, 'RUNNING') && agent.sandboxes().ready === 2);
  await sim.clock.runUntilSettled(agent.stop(), 60_000);
  assert.deepEqual(
    sandboxesOf(host).map(({ id }) => `container:${id}`),
    [networksOf(host)[1]],
  );
  assert.equal(appsOf(host).filter(({ isRunning }) => isRunning).length, 2);
});

describe('a sandbox fits', () => {
  const cases: readonly {
    readonly what: string;
    readonly fits: boolean;
    readonly container?: Partial<PayloadContainer>;
    readonly task?: Partial<PayloadTask>;
    readonly config?: object;
    readonly host?: object;
  }[] = [
    { what: 'a plain container', fits: true },
    { what: 'one of a definition that names the bridge', fits: true, host: { NetworkMode: 'bridge' } },
    {
      what: 'one with a user, limits and lists that are empty',
      fits: true,
      config: { User: 'app' },
      host: { Dns: [] },
    },
    { what: 'not one with ports', fits: false, container: { portMappings: [{ containerPort: 80, protocol: 'tcp' }] } },
    { what: 'not one with a name of its own', fits: false, config: { Hostname: 'web' } },
    { what: 'not one without a network', fits: false, config: { NetworkDisabled: true } },
    { what: 'not one with name servers of its own', fits: false, host: { Dns: ['10.0.0.2'] } },
    { what: 'not one that knows further hosts', fits: false, host: { ExtraHosts: ['db:10.0.0.9'] } },
    {
      what: 'not one that sets the kernel’s network',
      fits: false,
      host: { Sysctls: { 'net.core.somaxconn': '1024' } },
    },
    { what: 'one that sets something else of the kernel', fits: true, host: { Sysctls: { 'kernel.msgmax': '1' } } },
    { what: 'not one of the host’s network', fits: false, task: { networkMode: 'host' } },
    { what: 'not one of an awsvpc task', fits: false, task: { networkMode: 'awsvpc' } },
    { what: 'not one that is linked', fits: false, container: { links: ['db'] } },
  ];
  for (const { what, fits, config = {}, host = {}, ...over } of cases) {
    test(what, () => {
      const dockerConfig = { version: '1.18', config: JSON.stringify(config), hostConfig: JSON.stringify(host) };
      const wanted = container('app', 'true', { dockerConfig, ...over.container });
      assert.equal(fitsSandbox(task([wanted], over.task), wanted), fits);
    });
  }
});
