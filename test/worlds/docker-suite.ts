import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { ContainerBody, ContainerInspect, Docker, DockerEvent, LogLine } from '../../src/world/docker.ts';
import type { Clock } from '../../src/world/world.ts';
import { DockerError } from '../../src/world/docker.ts';
import { type Fixture, type MakeFixture, text, worldTest } from './fixture.ts';

export interface DockerFixture extends Fixture {
  readonly docker: Docker;
  readonly clock: Clock;
  /** An image the engine has. */
  readonly image: string;
  /** Unique among fixtures: begins every name the suite makes. `end` removes what is left of them. */
  readonly prefix: string;
  /** What a container must be told to behave in these ways (the real world's are shell commands). */
  readonly commands: DockerCommands;
}

export interface DockerCommands {
  /** Runs until told to stop, and stops at SIGTERM. */
  readonly runForever: readonly string[];
  /** Runs until killed, SIGTERM or not. */
  readonly ignoreSigterm: readonly string[];
  /** Ends at once with this code. */
  exitWith(code: number): readonly string[];
  /** Prints the lines to standard output, then `errorLines` to standard error, then ends with 0. */
  print(lines: readonly string[], errorLines: readonly string[]): readonly string[];
  /** Prints the lines to standard output, then runs until told to stop. */
  printAndStay(lines: readonly string[]): readonly string[];
}

export function dockerSuite(make: MakeFixture<DockerFixture>): void {
  describe('docker: containers', () => {
    worldTest(make, 'version and info name the engine', async ({ docker }) => {
      const version = await docker.version();
      assert.match(version.ApiVersion, /^\d+\.\d+$/);
      const info = await docker.info();
      assert.ok(info.NCPU > 0 && info.MemTotal > 0);
      assert.equal(info.OSType, 'linux');
    });

    worldTest(make, 'a container is created, started, stopped and removed', async (fixture) => {
      const { docker, prefix, commands } = fixture;
      const id = await docker.createContainer(`${prefix}-life`, {
        ...bodyOf(fixture, commands.runForever),
        Env: ['GREETING=hello'],
      });
      const created = await present(docker, id);
      assert.equal(created.Id, id);
      assert.equal(created.Name, `/${prefix}-life`);
      assert.equal(created.State.Status, 'created');
      assert.equal(created.Config.Labels['longshore.test'], prefix);
      await docker.startContainer(id);
      const running = await present(docker, id);
      assert.equal(running.State.Status, 'running');
      assert.equal(running.State.Running, true);
      assert.ok(Date.parse(running.State.StartedAt) > Date.UTC(2020, 0));
      await docker.stopContainer(id, 10);
      const stopped = await present(docker, id);
      assert.equal(stopped.State.Status, 'exited');
      assert.equal(stopped.State.Running, false);
      await docker.removeContainer(id, { force: false, volumes: true });
      assert.equal(await docker.inspectContainer(id), undefined);
    });

    worldTest(make, 'the exit code is kept', async (fixture) => {
      const id = await started(fixture, 'exit', fixture.commands.exitWith(42));
      const ended = await exited(fixture, id);
      assert.equal(ended.State.ExitCode, 42);
      assert.equal(ended.State.OOMKilled, false);
    });

    worldTest(make, 'what ignores SIGTERM is killed after the time given, with 137', async (fixture) => {
      const { docker, clock, commands } = fixture;
      const id = await started(fixture, 'stubborn', commands.ignoreSigterm);
      const before = clock.monotonicMs();
      await docker.stopContainer(id, 1);
      assert.ok(clock.monotonicMs() - before >= 900);
      assert.equal((await present(docker, id)).State.ExitCode, 137);
    });

    worldTest(make, 'killing sends the signal; killing what does not run is a conflict', async (fixture) => {
      const { docker, commands } = fixture;
      const id = await started(fixture, 'kill', commands.runForever);
      await docker.killContainer(id, 'SIGKILL');
      assert.equal((await exited(fixture, id)).State.ExitCode, 137);
      await rejectsWith(docker.killContainer(id, 'SIGKILL'), 409);
    });

    worldTest(make, 'starting what runs and stopping what has stopped are no errors', async (fixture) => {
      const { docker, commands } = fixture;
      const id = await started(fixture, 'again', commands.runForever);
      await docker.startContainer(id);
      await docker.stopContainer(id, 5);
      await docker.stopContainer(id, 5);
    });

    worldTest(
      make,
      'the engine refuses with its status: name taken, no image, no container, still running',
      async (f) => {
        const { docker, prefix, commands } = f;
        const id = await started(f, 'refuse', commands.runForever);
        await rejectsWith(docker.createContainer(`${prefix}-refuse`, bodyOf(f, commands.runForever)), 409);
        await rejectsWith(
          docker.createContainer(`${prefix}-no-image`, { ...bodyOf(f, []), Image: 'longshore-no-such-image:none' }),
          404,
        );
        await rejectsWith(docker.startContainer(`${prefix}-never-made`), 404);
        await rejectsWith(docker.stopContainer(`${prefix}-never-made`, 1), 404);
        await rejectsWith(docker.removeContainer(`${prefix}-never-made`, { force: true, volumes: true }), 404);
        await rejectsWith(docker.removeContainer(id, { force: false, volumes: true }), 409);
        await docker.removeContainer(id, { force: true, volumes: true });
      },
    );

    worldTest(make, 'what is not there inspects as undefined', async ({ docker, prefix }) => {
      assert.equal(await docker.inspectContainer(`${prefix}-none`), undefined);
      assert.equal(await docker.inspectImage(`${prefix}-none:latest`), undefined);
      assert.equal(await docker.inspectNetwork(`${prefix}-none`), undefined);
      assert.equal(await docker.inspectVolume(`${prefix}-none`), undefined);
    });

    worldTest(make, 'containers are listed by all labels asked for, stopped ones too', async (fixture) => {
      const { docker, prefix, commands } = fixture;
      const withLabel = async (name: string, color: string): Promise<string> =>
        docker.createContainer(`${prefix}-${name}`, {
          ...bodyOf(fixture, commands.runForever),
          Labels: { 'longshore.test': prefix, color },
        });
      const red = await withLabel('red', 'red');
      const blue = await withLabel('blue', 'blue');
      const ids = async (labels: readonly string[]): Promise<string[]> =>
        (await docker.listContainers(labels)).map(({ Id }) => Id).sort();
      assert.deepEqual(await ids([`longshore.test=${prefix}`]), [red, blue].sort());
      assert.deepEqual(await ids([`longshore.test=${prefix}`, 'color=red']), [red]);
      assert.deepEqual(await ids([`longshore.test=${prefix}`, 'color']), [red, blue].sort());
      assert.deepEqual(await ids([`longshore.test=${prefix}`, 'shape']), []);
      const [summary] = await docker.listContainers([`longshore.test=${prefix}`, 'color=red']);
      assert.deepEqual(summary?.Names, [`/${prefix}-red`]);
      assert.equal(summary?.State, 'created');
      assert.equal(summary?.Labels['color'], 'red');
    });

    worldTest(make, 'a sample of a running container counts memory and CPU', async (fixture) => {
      const id = await started(fixture, 'stats', fixture.commands.runForever);
      const stats = await fixture.docker.stats(id);
      assert.ok((stats.memory_stats.usage ?? 0) > 0);
      assert.ok(stats.cpu_stats.cpu_usage.total_usage >= 0);
      await rejectsWith(fixture.docker.stats(`${fixture.prefix}-none`), 404);
    });
  });

  describe('docker: events and logs', () => {
    worldTest(make, 'a life is told as create, start, die, destroy, to whoever watches its label', async (fixture) => {
      const { docker, prefix, commands } = fixture;
      const controller = new AbortController();
      const events: DockerEvent[] = [];
      const watching = collect(docker.events([`longshore.test=${prefix}`], controller.signal), (event) => {
        events.push(event);
        if (event.Action === 'destroy') controller.abort();
      });
      await untilWatching(fixture, events);
      const id = await started(fixture, 'told', commands.exitWith(3));
      await exited(fixture, id);
      await docker.removeContainer(id, { force: true, volumes: true });
      await watching;
      const told = events.filter(({ Actor }) => Actor.ID === id);
      const actions = told.map(({ Action }) => Action);
      assert.deepEqual(
        ['create', 'start', 'die', 'destroy'].map((action) => actions.filter((other) => other === action).length),
        [1, 1, 1, 1],
      );
      assert.deepEqual(
        actions.filter((action) => ['create', 'start', 'die', 'destroy'].includes(action)),
        ['create', 'start', 'die', 'destroy'],
      );
      const died = told.find(({ Action }) => Action === 'die');
      assert.equal(died?.Actor.Attributes['exitCode'], '3');
      assert.equal(died?.Actor.Attributes['longshore.test'], prefix);
      assert.ok((died?.timeNano ?? 0) > 1.5e18);
    });

    worldTest(make, 'an aborted watch ends without an error', async ({ docker, prefix, clock }) => {
      const controller = new AbortController();
      const watching = collect(docker.events([`longshore.test=${prefix}`], controller.signal), () => undefined);
      clock.after(20, () => controller.abort());
      await watching;
      await collect(docker.events([], controller.signal), () => undefined);
    });

    worldTest(make, 'logs are lines with their stream and the engine time', async (fixture) => {
      const { docker, commands } = fixture;
      const id = await started(fixture, 'logs', commands.print(['one', '', 'three ä'], ['oops']));
      await exited(fixture, id);
      const lines = await logsOf(docker, id);
      assert.deepEqual(
        lines.filter(({ stream }) => stream === 'stdout').map((line) => text(line.text)),
        ['one', '', 'three ä'],
      );
      assert.deepEqual(
        lines.filter(({ stream }) => stream === 'stderr').map((line) => text(line.text)),
        ['oops'],
      );
      for (const { timestamp } of lines) assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z$/);
    });

    worldTest(make, 'following gives lines as they come and ends when the container does', async (fixture) => {
      const { docker, commands } = fixture;
      const id = await started(fixture, 'follow', commands.printAndStay(['first', 'second']));
      const got: string[] = [];
      await collect(docker.logs(id, { follow: true }, new AbortController().signal), (line) => {
        got.push(text(line.text) ?? '');
        if (got.length === 2) void docker.killContainer(id, 'SIGKILL');
      });
      assert.deepEqual(got, ['first', 'second']);
    });

    worldTest(make, 'following ends when aborted', async (fixture) => {
      const { docker, commands } = fixture;
      const id = await started(fixture, 'abort', commands.printAndStay(['first']));
      const controller = new AbortController();
      await collect(docker.logs(id, { follow: true }, controller.signal), () => controller.abort());
      assert.equal((await present(docker, id)).State.Running, true);
    });

    worldTest(make, 'logs go on from a time given', async (fixture) => {
      const { docker, commands } = fixture;
      const id = await started(fixture, 'since', commands.print(['one', 'two', 'three'], []));
      await exited(fixture, id);
      const all = await logsOf(docker, id);
      const second = all[1];
      assert.ok(second);
      const rest = await logsOf(docker, id, sinceOf(second.timestamp));
      assert.ok(rest.length <= all.length && rest.length >= 1);
      assert.ok(rest.every(({ timestamp }) => timestamp >= second.timestamp));
      assert.equal(text(rest.at(-1)?.text), 'three');
    });

    worldTest(make, 'logs of what is not there reject with 404', async ({ docker, prefix }) => {
      await rejectsWith(logsOf(docker, `${prefix}-none`), 404);
    });
  });

  describe('docker: images, networks, volumes', () => {
    worldTest(make, 'the image is inspected; removing one that is not there is a 404', async (fixture) => {
      const { docker, image, prefix } = fixture;
      const found = await docker.inspectImage(image);
      assert.match(found?.Id ?? '', /^sha256:[0-9a-f]{64}$/);
      await rejectsWith(docker.removeImage(`${prefix}-none:latest`), 404);
    });

    worldTest(make, 'pulling what no registry has rejects with the reason', async ({ docker, prefix }) => {
      await assert.rejects(docker.pullImage(`127.0.0.1:1/${prefix}-none:latest`), DockerError);
    });

    worldTest(make, 'an archive becomes an image with its instructions', async ({ docker, prefix }) => {
      const reference = `${prefix}-imported:one`;
      await docker.importImage(reference, new Uint8Array(1024), ['ENV COLOR=red', 'CMD ["sh"]']);
      const image = await docker.inspectImage(reference);
      assert.ok(image?.Config?.Env?.includes('COLOR=red'));
      await docker.removeImage(reference);
      assert.equal(await docker.inspectImage(reference), undefined);
    });

    worldTest(make, 'a network is made, gives addresses, and is removed', async (fixture) => {
      const { docker, prefix, commands } = fixture;
      const networkId = await docker.createNetwork({
        Name: `${prefix}-net`,
        Driver: 'bridge',
        Internal: true,
        IPAM: { Config: [{ Subnet: '10.213.77.0/24', Gateway: '10.213.77.1' }] },
        Labels: { 'longshore.test': prefix },
      });
      const id = await docker.createContainer(`${prefix}-addressed`, {
        ...bodyOf(fixture, commands.runForever),
        HostConfig: { NetworkMode: `${prefix}-net` },
        NetworkingConfig: { EndpointsConfig: { [`${prefix}-net`]: { IPAMConfig: { IPv4Address: '10.213.77.9' } } } },
      });
      await docker.startContainer(id);
      const container = await present(docker, id);
      assert.equal(container.NetworkSettings.Networks[`${prefix}-net`]?.IPAddress, '10.213.77.9');
      const network = await docker.inspectNetwork(networkId);
      assert.equal(network?.Name, `${prefix}-net`);
      assert.equal(network?.IPAM.Config?.[0]?.Subnet, '10.213.77.0/24');
      assert.equal(network?.Labels['longshore.test'], prefix);
      assert.match(network?.Containers[id]?.IPv4Address ?? '', /^10\.213\.77\.9/);
      await rejectsWith(docker.removeNetwork(networkId), 403);
      await docker.removeContainer(id, { force: true, volumes: true });
      await docker.removeNetwork(networkId);
      assert.equal(await docker.inspectNetwork(`${prefix}-net`), undefined);
    });

    worldTest(make, 'a volume is made, found and removed', async ({ docker, prefix }) => {
      const name = `${prefix}-volume`;
      await docker.createVolume({ Name: name, Labels: { 'longshore.test': prefix } });
      const volume = await docker.inspectVolume(name);
      assert.equal(volume?.Name, name);
      assert.equal(volume?.Driver, 'local');
      await docker.removeVolume(name);
      assert.equal(await docker.inspectVolume(name), undefined);
    });
  });
}

function bodyOf(fixture: DockerFixture, command: readonly string[]): ContainerBody {
  return {
    Image: fixture.image,
    Cmd: command,
    Labels: { 'longshore.test': fixture.prefix },
    HostConfig: { NetworkMode: 'none' },
  };
}

async function started(fixture: DockerFixture, name: string, command: readonly string[]): Promise<string> {
  const id = await fixture.docker.createContainer(`${fixture.prefix}-${name}`, bodyOf(fixture, command));
  await fixture.docker.startContainer(id);
  return id;
}

async function present(docker: Docker, id: string): Promise<ContainerInspect> {
  const container = await docker.inspectContainer(id);
  assert.ok(container, `container ${id} is there`);
  return container;
}

/** Waits for the state, not for a time; the test's own limit ends a wait that is in vain. */
async function exited({ docker, clock }: DockerFixture, id: string): Promise<ContainerInspect> {
  for (;;) {
    const container = await present(docker, id);
    if (container.State.Status === 'exited') return container;
    await clock.sleep(20);
  }
}

/** An event stream says nothing when it is open: make containers until the first is told of. */
async function untilWatching(fixture: DockerFixture, events: readonly DockerEvent[]): Promise<void> {
  const { docker, clock, prefix } = fixture;
  for (let round = 0; events.length === 0; round += 1) {
    await docker.createContainer(`${prefix}-probe-${round}`, bodyOf(fixture, fixture.commands.exitWith(0)));
    await clock.sleep(20);
  }
}

async function collect<T>(items: AsyncIterable<T>, take: (item: T) => void): Promise<void> {
  for await (const item of items) take(item);
}

async function logsOf(docker: Docker, id: string, since?: string): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const options = since === undefined ? { follow: false } : { follow: false, since };
  await collect(docker.logs(id, options, new AbortController().signal), (line) => lines.push(line));
  return lines;
}

/** The engine takes `since` as seconds with a fraction. */
function sinceOf(timestamp: string): string {
  const fraction = /\.(\d+)Z$/.exec(timestamp)?.[1] ?? '0';
  return `${Math.floor(Date.parse(timestamp) / 1000)}.${fraction.padEnd(9, '0')}`;
}

async function rejectsWith(promise: Promise<unknown>, status: number): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof DockerError, String(error));
    assert.equal(error.status, status, error.message);
    assert.ok(error.message.length > 0);
    return true;
  });
}
