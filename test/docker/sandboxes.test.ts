// Sandboxes on the real engine: what a container finds in one, and that agents which are killed leave none behind.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { bridgeKey, sandboxLabel } from '../../src/agent/sandboxes/sandbox.ts';
import { agentLabel } from '../../src/agent/docker-config.ts';
import type { ContainerSummary } from '../../src/world/docker.ts';
import { containersOf, docker, ensureTestImage, host, testImage } from '../running/engine.ts';
import { eventually } from '../running/eventually.ts';
import { Installation } from '../running/installation.ts';

const warmSandboxes = 2;

describe('a pool of sandboxes', () => {
  let one: Installation;
  let other: Installation;
  const arns: string[] = [];

  before(async () => {
    await ensureTestImage();
    const agentEnvironment = {
      LONGSHORE_WARM_SANDBOXES: String(warmSandboxes),
      ECS_IMAGE_PULL_BEHAVIOR: 'prefer-cached',
    };
    one = await Installation.start('one', { agentEnvironment });
    other = await Installation.start('other', { agentEnvironment });
  });
  after(async () => {
    await one?.end();
    await other?.end();
  });

  async function run(installation: Installation, command: readonly string[]): Promise<string> {
    const arn = await installation.run({
      family: 'sandboxed',
      networkMode: 'bridge',
      containerDefinitions: [{ name: 'app', image: testImage, cpu: 1, memory: 32, command, stopTimeout: 2 }],
    });
    arns.push(arn);
    return arn;
  }

  /** The agent's own, by a container of one of its tasks. */
  async function sandboxesBeside(taskArn: string): Promise<readonly ContainerSummary[]> {
    const [container] = await containersOf(taskArn);
    const agentId = container?.Labels[agentLabel] ?? '';
    return await docker.listContainers([`${agentLabel}=${agentId}`, sandboxLabel]);
  }

  async function ready(taskArn: string, count: number): Promise<readonly string[]> {
    return await eventually(`${count} sandboxes`, async () => {
      const found = await sandboxesBeside(taskArn);
      const running = found.filter(({ State }) => State === 'running').map(({ Id }) => Id);
      return running.length === count && found.length === count ? running : undefined;
    });
  }

  async function modeOf(taskArn: string): Promise<string> {
    const [container] = await containersOf(taskArn);
    const inspected = await docker.inspectContainer(container?.Id ?? '');
    return inspected?.HostConfig.NetworkMode ?? '';
  }

  async function inside(taskArn: string, ...command: readonly string[]): Promise<string> {
    const [container] = await containersOf(taskArn);
    return await host('docker', 'exec', container?.Id ?? '', ...command);
  }

  const sleeper = ['sleep', '1000'] as const;
  let cold = '';
  let warm = '';

  test('a container finds in a sandbox what the engine would have given it', async () => {
    cold = await run(one, sleeper);
    await one.reaches(cold, 'RUNNING');
    assert.equal(await modeOf(cold), 'bridge');
    const sandboxes = await ready(cold, warmSandboxes);

    warm = await run(one, sleeper);
    await one.reaches(warm, 'RUNNING');
    const sandbox = /^container:(.+)$/.exec(await modeOf(warm))?.[1] ?? '';
    assert.ok(sandboxes.includes(sandbox));
    const holder = await docker.inspectContainer(sandbox);
    const address = holder?.NetworkSettings.Networks['bridge']?.IPAddress ?? '';

    assert.equal(await inside(warm, 'cat', '/etc/resolv.conf'), await inside(cold, 'cat', '/etc/resolv.conf'));
    const name = (await inside(warm, 'cat', '/etc/hostname')).trim();
    assert.match(name, /^[0-9a-f]{12}$/, 'a short id, as the engine names containers');
    const hosts = await inside(warm, 'cat', '/etc/hosts');
    assert.match(hosts, new RegExp(`^${address.replaceAll('.', '\\.')}\\t${name}$`, 'm'));
    const shape = (text: string): string => text.replaceAll(/^172\.\d+\.\d+\.\d+\t.*$/gm, 'address name');
    assert.equal(shape(hosts), shape(await inside(cold, 'cat', '/etc/hosts')));
    const devices = async (arn: string): Promise<readonly string[]> =>
      (await inside(arn, 'cat', '/proc/net/dev')).split('\n').map((line) => line.split(':')[0]?.trim() ?? '');
    assert.deepEqual(await devices(warm), await devices(cold));
    const routes = async (arn: string): Promise<string> => await inside(arn, 'cat', '/proc/net/route');
    assert.equal(await routes(warm), await routes(cold));
    // The container does not see the sandbox's process, nor the sandbox the container's.
    const first = await inside(warm, 'sh', '-c', 'read -r name < /proc/1/comm; echo "$name"');
    assert.equal(first.trim(), 'sleep');
  });

  test('an agent killed with -9 finds its sandboxes again and leaves those of another alone', async () => {
    const beside = await run(other, sleeper);
    await other.reaches(beside, 'RUNNING');
    const others = await ready(beside, warmSandboxes);
    const before = await ready(warm, warmSandboxes + 1);

    await one.agent.end('SIGKILL');
    one.startAgent();
    const next = await run(one, sleeper);
    await one.reaches(next, 'RUNNING');
    const used = /^container:(.+)$/.exec(await modeOf(next))?.[1] ?? '';
    assert.ok(before.includes(used), 'one that was made before the kill');
    assert.notEqual(await modeOf(warm), await modeOf(next));
    await ready(warm, warmSandboxes + 2);
    assert.deepEqual(await ready(beside, warmSandboxes), others);
  });

  test('a sandbox goes when its task has stopped', async () => {
    const used = /^container:(.+)$/.exec(await modeOf(warm))?.[1] ?? '';
    await one.stop(warm);
    const left = await ready(cold, warmSandboxes + 1);
    assert.ok(!left.includes(used));
    assert.equal((await one.task(warm)).stopCode, 'UserInitiated');
  });

  test('a container whose sandbox is killed is stopped, as it has no network', async () => {
    const arn = await run(one, ['sh', '-c', "trap 'exit 7' TERM; while :; do sleep 1000 & wait $!; done"]);
    await one.reaches(arn, 'RUNNING');
    const used = /^container:(.+)$/.exec(await modeOf(arn))?.[1] ?? '';
    await docker.killContainer(used, 'SIGKILL');
    const stopped = await one.reaches(arn, 'STOPPED');
    assert.equal(stopped.containers?.[0]?.exitCode, 7);
  });

  test('an awsvpc task runs in the sandbox that has its network interface, behind its security groups', async () => {
    const ec2 = new EC2Client(other.sdk);
    const subnets = [...(await other.subnets())]; // one of them is in the zone of the host
    const runHere = async (): Promise<string> => {
      const definition = {
        family: 'own-address',
        networkMode: 'awsvpc',
        containerDefinitions: [{ name: 'app', image: testImage, cpu: 1, memory: 32, command: sleeper, stopTimeout: 2 }],
      };
      const arn = await other.run(definition, { networkConfiguration: { awsvpcConfiguration: { subnets } } });
      arns.push(arn);
      await other.reaches(arn, 'RUNNING');
      return arn;
    };
    const withInterface = async (beside: string, count: number): Promise<readonly ContainerSummary[]> =>
      await eventually(`${count} sandboxes with an interface`, async () => {
        const found = await sandboxesBeside(beside);
        const own = found.filter(({ Labels, State }) => Labels[sandboxLabel] !== bridgeKey && State === 'running');
        return own.length === count ? own : undefined;
      });

    const first = await runHere();
    const prepared = await withInterface(first, warmSandboxes);
    const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
    assert.equal(NetworkInterfaces.length, 1, 'what is only ready is nobody’s network interface');

    const second = await runHere();
    const sandbox = /^container:(.+)$/.exec(await modeOf(second))?.[1] ?? '';
    assert.ok(prepared.some(({ Id }) => Id === sandbox));
    const { attachments } = await other.task(second);
    const details = new Map((attachments?.[0]?.details ?? []).map(({ name, value = '' }) => [name, value]));
    const address = details.get('privateIPv4Address') ?? '';
    assert.equal((await inside(second, 'cat', '/sys/class/net/eth0/address')).trim(), details.get('macAddress'));
    assert.equal((await inside(second, 'cat', '/etc/hostname')).trim(), details.get('privateDnsName'));
    assert.match(await inside(second, 'cat', '/etc/hosts'), new RegExp(`^${address.replaceAll('.', '\\.')}\t`, 'm'));
    assert.match(await host('nft', 'list', 'ruleset'), new RegExp(`\\b${address.replaceAll('.', '\\.')}\\b`));

    await other.stop(second);
    const left = await withInterface(first, warmSandboxes);
    assert.ok(left.every(({ Id }) => Id !== sandbox));
  });

  test('an agent that ends takes the free ones along', async () => {
    const sandboxes = await sandboxesBeside(cold);
    await one.agent.end('SIGTERM');
    const left = await sandboxesBeside(cold);
    assert.ok(left.length < sandboxes.length);
    for (const { Id } of left) {
      const joined = (await Promise.all(arns.map(modeOf))).includes(`container:${Id}`);
      assert.ok(joined, 'a task has it');
    }
  });
});
