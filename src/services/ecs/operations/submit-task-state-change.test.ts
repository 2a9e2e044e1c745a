import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentScene, root, taskOf } from '../agents/agent-scene.test.ts';
import { discoverPollEndpoint } from './discover-poll-endpoint.ts';
import { submitAttachmentStateChanges } from './submit-attachment-state-changes.ts';
import { submitContainerStateChange } from './submit-container-state-change.ts';
import { submitTaskStateChange } from './submit-task-state-change.ts';

const networkInterface = {
  attachmentId: '11111111-2222-3333-4444-555555555555',
  attachmentStatus: 'ATTACHING',
  subnetId: 'subnet-1',
  securityGroupIds: [],
  assignPublicIp: false,
} as const;
const attachmentArn = `arn:aws:ecs:eu-west-1:000000000001:attachment/${networkInterface.attachmentId}`;

describe('SubmitTaskStateChange', () => {
  it('takes all that an agent says, and the same again changes nothing', async () => {
    const { scene, task } = await placed();
    const report = {
      cluster: 'default',
      task,
      status: 'RUNNING',
      pullStartedAt: new Date(1000),
      pullStoppedAt: new Date(2000),
      containers: [
        {
          containerName: 'app',
          status: 'RUNNING',
          runtimeId: 'r1',
          imageDigest: 'sha256:1',
          networkBindings: [{ bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' as const }],
        },
      ],
    };
    const answer = await submitTaskStateChange(report, scene.context());
    assert.equal(typeof answer.acknowledgment, 'string');
    const running = scene.task(task);
    assert.equal(running.lastStatus, 'RUNNING');
    assert.deepEqual([running.pullStartedAt, running.pullStoppedAt], [1000, 2000]);
    const [container] = running.containers;
    assert.deepEqual([container?.runtimeId, container?.imageDigest], ['r1', 'sha256:1']);
    assert.deepEqual(container?.networkBindings, [
      { bindIP: '0.0.0.0', containerPort: 80, hostPort: 32768, protocol: 'tcp' },
    ]);
    await submitTaskStateChange(report, scene.context());
    assert.equal(scene.task(task), running, 'the same record: nothing was written');
  });

  it('passes over what comes after the end', async () => {
    const { scene, task } = await placed();
    await submitTaskStateChange({ task, status: 'STOPPED', reason: 'CannotPullContainerError: x' }, scene.context());
    const stopped = scene.task(task);
    assert.equal(stopped.lastStatus, 'DEPROVISIONING', 'its interface has still to go');
    assert.equal(stopped.stoppedReason, 'CannotPullContainerError: x');
    await submitTaskStateChange({ task, status: 'RUNNING' }, scene.context());
    assert.equal(scene.task(task), stopped);
  });

  it('takes an attachment alone, and it only goes forward', async () => {
    const { scene, task } = await placed();
    const attach = async (status: string) =>
      await submitTaskStateChange({ task, attachments: [{ attachmentArn, status }] }, scene.context());
    await attach('ATTACHED');
    assert.equal(scene.task(task).networkInterface?.attachmentStatus, 'ATTACHED');
    assert.equal(scene.task(task).lastStatus, 'PENDING');
    await attach('ATTACHING');
    assert.equal(scene.task(task).networkInterface?.attachmentStatus, 'ATTACHED');
  });

  it('is refused for a task that is not there, so that the agent drops the report', async () => {
    const { scene } = await placed();
    const unknown = taskOf(9, 'i').arn;
    for (const task of [unknown, '']) {
      await assert.rejects(async () => await submitTaskStateChange({ task, status: 'RUNNING' }, scene.context()), {
        code: 'InvalidParameterException',
      });
    }
  });

  it('is refused to any principal but the one that serves the instance', async () => {
    const { scene, task } = await placed();
    await assert.rejects(async () => await submitTaskStateChange({ task, status: 'STOPPED' }, scene.context(root)), {
      code: 'AccessDeniedException',
    });
    assert.equal(scene.task(task).lastStatus, 'PENDING');
  });

  it('is refused with a status that no agent has', async () => {
    const { scene, task } = await placed();
    await assert.rejects(async () => await submitTaskStateChange({ task, status: 'DELETED' }, scene.context()), {
      code: 'InvalidParameterException',
      message: 'status should be one of [PENDING, RUNNING, STOPPED]',
    });
  });
});

it('SubmitContainerStateChange moves the container and not its task', async () => {
  const { scene, task } = await placed();
  await submitContainerStateChange(
    { cluster: 'default', task, containerName: 'app', status: 'STOPPED', exitCode: 3, reason: 'x'.repeat(2000) },
    scene.context(),
  );
  const { lastStatus, containers } = scene.task(task);
  assert.equal(lastStatus, 'PENDING');
  assert.deepEqual([containers[0]?.lastStatus, containers[0]?.exitCode], ['STOPPED', 3]);
  assert.equal(containers[0]?.reason?.length, 1024);
});

it('SubmitAttachmentStateChanges finds the task of an attachment', async () => {
  const { scene, task } = await placed();
  const submit = async (arn: string) =>
    await submitAttachmentStateChanges(
      { cluster: 'default', attachments: [{ attachmentArn: arn, status: 'ATTACHED' }] },
      scene.context(),
    );
  await submit(attachmentArn);
  assert.equal(scene.task(task).networkInterface?.attachmentStatus, 'ATTACHED');
  await assert.rejects(async () => await submit(`${attachmentArn}0`), { code: 'InvalidParameterException' });
});

it('DiscoverPollEndpoint gives addresses under the one by which it was reached', async () => {
  const scene = await AgentScene.open();
  assert.deepEqual(await discoverPollEndpoint({}, scene.context()), {
    endpoint: 'http://longshore.test:4566/_acs',
    telemetryEndpoint: 'http://longshore.test:4566/_tcs',
  });
});

async function placed(): Promise<{ readonly scene: AgentScene; readonly task: string }> {
  const scene = await AgentScene.open();
  const task = taskOf(1, await scene.register(), { networkInterface });
  await scene.put(task);
  return { scene, task: task.arn };
}
