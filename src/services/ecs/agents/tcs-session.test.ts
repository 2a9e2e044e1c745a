import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Socket } from '../../../world/net.ts';
import { describeContainerInstances } from '../operations/describe-container-instances.ts';
import { AgentScene, root, taskOf } from './agent-scene.test.ts';

describe('telemetry of an agent', () => {
  it('keeps the latest sample of each container, from frames with a block of signed headers', async () => {
    const { scene, arn, sent, socket } = await connected();
    const stats = { min: 10, max: 30, sampleCount: 2, sum: 40 };
    const metrics = (sum: number) => ({
      metadata: { cluster: 'default', containerInstance: arn, messageId: 'm', idle: false, fin: true },
      taskMetrics: [
        {
          taskArn: 'task-1',
          clusterArn: 'default',
          taskDefinitionFamily: 'web',
          taskDefinitionVersion: '3',
          containerMetrics: [
            { containerArn: 'c', containerName: 'app', cpuStatsSet: { ...stats, sum }, memoryStatsSet: stats },
          ],
        },
      ],
      timestamp: 1,
    });
    publish(socket, 'PublishMetricsRequest', metrics(40));
    publish(socket, 'PublishMetricsRequest', metrics(50));
    await scene.clock.settle();
    const samples = scene.parts.metrics.ofTask(arn, 'task-1');
    assert.deepEqual(
      samples.map(({ containerName, cpu, memory }) => [containerName, cpu?.sum, memory?.sum]),
      [['app', 50, 40]],
    );
    assert.equal(scene.parts.metrics.received, 2);
    assert.deepEqual(sent, ['AckPublishMetric', 'AckPublishMetric']);
  });

  it('forgets containers that are not measured any more', async () => {
    const { scene, arn } = await connected();
    const one = (taskArn: string) => ({
      taskMetrics: [{ taskArn, containerMetrics: [{ containerName: 'app' }] }],
    });
    scene.parts.metrics.publish(arn, one('old'), 0);
    scene.parts.metrics.publish(arn, one('new'), 200_000);
    assert.equal(scene.parts.metrics.ofTask(arn, 'old').length, 0);
    assert.equal(scene.parts.metrics.ofTask(arn, 'new').length, 1);
  });

  it('writes the health of containers when it changes and only then', async () => {
    const { scene, arn, sent, socket } = await connected();
    const task = taskOf(1, arn, { lastStatus: 'RUNNING' });
    await scene.put(task);
    const health = {
      metadata: {},
      tasks: [{ taskArn: task.arn, containers: [{ containerName: 'app', healthStatus: 'HEALTHY', statusSince: 1 }] }],
    };
    publish(socket, 'PublishHealthRequest', health);
    await scene.clock.settle();
    const healthy = scene.task(task.arn);
    assert.equal(healthy.healthStatus, 'HEALTHY');
    assert.equal(healthy.containers[0]?.healthStatus, 'HEALTHY');
    publish(socket, 'PublishHealthRequest', health);
    await scene.clock.settle();
    assert.equal(scene.task(task.arn), healthy, 'the same record: nothing was written');
    assert.deepEqual(sent, ['AckPublishHealth', 'AckPublishHealth']);
  });

  it('cannot change the health of a task of another instance', async () => {
    const { scene, socket } = await connected();
    const task = taskOf(1, await scene.register(), { lastStatus: 'RUNNING' });
    await scene.put(task);
    publish(socket, 'PublishHealthRequest', {
      tasks: [{ taskArn: task.arn, containers: [{ containerName: 'app', healthStatus: 'UNHEALTHY' }] }],
    });
    await scene.clock.settle();
    assert.equal(scene.task(task.arn).healthStatus, 'UNKNOWN');
  });

  it('gives the health of the instance to DescribeContainerInstances', async () => {
    const { scene, arn, socket } = await connected();
    publish(socket, 'PublishInstanceStatusRequest', {
      statuses: [
        { type: 'ContainerRuntime', status: 'IMPAIRED', lastUpdated: 1_700_000_000, lastStatusChange: 1_600_000_000 },
        { type: 'Agent', status: 'OK', lastUpdated: 1, lastStatusChange: 1 },
      ],
    });
    await scene.clock.settle();
    const { containerInstances } = await describeContainerInstances(
      { containerInstances: [arn], include: ['CONTAINER_INSTANCE_HEALTH'] },
      scene.context(),
    );
    assert.deepEqual(containerInstances?.[0]?.healthStatus, {
      overallStatus: 'IMPAIRED',
      details: [
        {
          type: 'CONTAINER_RUNTIME',
          status: 'IMPAIRED',
          lastUpdated: new Date(1_700_000_000_000),
          lastStatusChange: new Date(1_600_000_000_000),
        },
      ],
    });
  });

  it('is refused to whoever did not register the instance', async () => {
    const { scene, arn } = await connected();
    const refusal = await scene.openTcs(arn, { principalArn: root });
    assert('status' in refusal);
    assert.equal(refusal.status, 403);
  });

  it('beats every half minute', async () => {
    const { scene, sent } = await connected();
    await scene.clock.advance(90_000);
    assert.deepEqual(sent, ['HeartbeatMessage', 'HeartbeatMessage', 'HeartbeatMessage']);
  });
});

interface Connected {
  readonly scene: AgentScene;
  readonly arn: string;
  readonly socket: Socket;
  /** Types of what the server has sent. */
  readonly sent: string[];
}

async function connected(): Promise<Connected> {
  const scene = await AgentScene.open();
  const arn = await scene.register();
  const socket = await scene.openTcs(arn);
  assert(!('status' in socket));
  const sent: string[] = [];
  socket.onMessage((data) => {
    assert(typeof data === 'string');
    sent.push((JSON.parse(data) as { readonly type: string }).type);
  });
  return { scene, arn, socket, sent };
}

function publish(socket: Socket, type: string, message: object): void {
  const headers =
    'Authorization: AWS4-HMAC-SHA256 Credential=x\r\nX-Amz-Date: 20261122T000000Z\r\nHost: longshore.test\r\n';
  socket.send(`${headers}\r\n${JSON.stringify({ type, message })}`);
}
