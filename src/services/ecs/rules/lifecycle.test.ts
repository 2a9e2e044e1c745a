import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type TaskContainer, type TaskRecord, taskStatuses } from '../tables.ts';
import {
  applyConnectivity,
  applyHealthReport,
  applyTaskReport,
  beginStopping,
  type ContainerReport,
  healthOf,
  networkInterfaceGone,
  networkInterfaceReady,
  requestStop,
  stopWithoutAgent,
  type TaskReport,
} from './lifecycle.ts';

const byUser = { stopCode: 'UserInitiated', reason: 'Task stopped by user' } as const;

describe('a report of the agent', () => {
  it('brings the task to RUNNING and sets startedAt once', () => {
    const running = applyTaskReport(taskOf(), report('RUNNING'), 2000);
    assert.equal(running.lastStatus, 'RUNNING');
    assert.equal(running.startedAt, 2000);
    assert.equal(running.version, 2);
    assert.equal(running.connectivity, 'CONNECTED');
    assert.equal(applyTaskReport(running, report('RUNNING'), 3000), running);
  });

  it('tells of pull times and image digest before the task runs', () => {
    const seen = applyTaskReport(
      taskOf(),
      { ...report('PENDING', [{ name: 'web', status: 'PENDING', imageDigest: 'sha256:1' }]), pullStartedAt: 1500 },
      2000,
    );
    assert.equal(seen.lastStatus, 'PENDING');
    assert.equal(seen.pullStartedAt, 1500);
    assert.equal(seen.containers[0]?.imageDigest, 'sha256:1');
    assert.equal(applyTaskReport(seen, { ...report('PENDING'), pullStartedAt: 1900 }, 2500).pullStartedAt, 1500);
  });

  it('does not take the task back', () => {
    const running = applyTaskReport(taskOf(), report('RUNNING', [{ name: 'web', status: 'RUNNING' }]), 2000);
    const later = applyTaskReport(running, report('PENDING', [{ name: 'web', status: 'PENDING' }]), 3000);
    assert.equal(later, running);
  });

  it('is ignored once the task is STOPPED', () => {
    const stopped = applyTaskReport(taskOf(), report('STOPPED'), 2000);
    const later = applyTaskReport(stopped, report('RUNNING', [{ name: 'web', status: 'RUNNING', exitCode: 3 }]), 3000);
    assert.equal(later, stopped);
  });

  it('is ignored while the agent cannot have the task yet', () => {
    const task = taskOf({ lastStatus: 'PROVISIONING', networkInterface });
    assert.equal(applyTaskReport(task, report('RUNNING'), 2000), task);
  });

  it('sends a task with a network interface through DEPROVISIONING', () => {
    const running = applyTaskReport(taskOf({ networkInterface }), report('RUNNING'), 2000);
    const ended = applyTaskReport(running, report('STOPPED'), 3000);
    assert.equal(ended.lastStatus, 'DEPROVISIONING');
    assert.equal(ended.networkInterface?.attachmentStatus, 'DETACHING');
    assert.equal(ended.stoppedAt, undefined);
    const gone = networkInterfaceGone(ended, 4000);
    assert.equal(gone.lastStatus, 'STOPPED');
    assert.equal(gone.networkInterface?.attachmentStatus, 'DELETED');
    assert.equal(gone.stoppedAt, 4000);
  });

  it('about containers the task does not have changes nothing else', () => {
    const running = applyTaskReport(taskOf(), report('RUNNING'), 2000);
    assert.equal(applyTaskReport(running, report('RUNNING', [{ name: 'other', status: 'STOPPED' }]), 3000), running);
  });
});

describe('why a task stopped', () => {
  const running = (): TaskRecord => applyTaskReport(taskOf(), report('RUNNING'), 2000);
  const cases: readonly {
    readonly name: string;
    readonly task: TaskRecord;
    readonly report: TaskReport;
    readonly stopCode: string;
    readonly reason: string;
  }[] = [
    {
      name: 'an essential container ended after RUNNING',
      task: running(),
      report: report('STOPPED', [{ name: 'web', status: 'STOPPED', exitCode: 1, reason: 'OutOfMemoryError: x' }]),
      stopCode: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
    },
    {
      name: 'the image could not be pulled',
      task: taskOf(),
      report: report('STOPPED', [
        { name: 'side', status: 'STOPPED', reason: 'side reason' },
        { name: 'web', status: 'STOPPED', reason: 'CannotPullContainerError: no such image' },
      ]),
      stopCode: 'TaskFailedToStart',
      reason: 'CannotPullContainerError: no such image',
    },
    {
      name: 'the agent could not read the task',
      task: taskOf(),
      report: { ...report('STOPPED'), reason: 'UnrecogniedTaskError: Error loading task - x' },
      stopCode: 'TaskFailedToStart',
      reason: 'UnrecogniedTaskError: Error loading task - x',
    },
    {
      name: 'it never ran and nobody says why',
      task: taskOf(),
      report: report('STOPPED'),
      stopCode: 'TaskFailedToStart',
      reason: 'Task failed to start',
    },
    {
      name: 'its container ran for less time than a report takes',
      task: taskOf(),
      report: report('STOPPED', [{ name: 'web', status: 'STOPPED', exitCode: 0 }]),
      stopCode: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
    },
    {
      name: 'a user had asked',
      task: requestStop(running(), byUser, 2500),
      report: report('STOPPED', [{ name: 'web', status: 'STOPPED', exitCode: 143 }]),
      stopCode: 'UserInitiated',
      reason: 'Task stopped by user',
    },
    {
      name: 'a user had asked before it ran',
      task: requestStop(taskOf(), byUser, 1500),
      report: { ...report('STOPPED'), reason: 'TaskStoppedBeforePullBeginError' },
      stopCode: 'UserInitiated',
      reason: 'Task stopped by user',
    },
  ];
  for (const { name, task, report: sent, stopCode, reason } of cases) {
    it(`is told when ${name}`, () => {
      const stopped = applyTaskReport(task, sent, 3000);
      assert.deepEqual([stopped.lastStatus, stopped.desiredStatus], ['STOPPED', 'STOPPED']);
      assert.deepEqual([stopped.stopCode, stopped.stoppedReason], [stopCode, reason]);
      assert.equal(stopped.stoppedAt, 3000);
      assert.deepEqual(
        stopped.containers.map((container) => container.lastStatus),
        ['STOPPED', 'STOPPED'],
      );
    });
  }

  it('keeps the time the agent gives for the end of the first essential container', () => {
    const early = applyTaskReport(running(), { ...report('RUNNING'), executionStoppedAt: 2700 }, 2800);
    assert.equal(
      applyTaskReport(early, { ...report('STOPPED'), executionStoppedAt: 2900 }, 3000).executionStoppedAt,
      2700,
    );
    assert.equal(applyTaskReport(running(), report('STOPPED'), 3000).executionStoppedAt, 3000);
    assert.equal(applyTaskReport(taskOf(), report('STOPPED'), 3000).executionStoppedAt, undefined);
  });
});

describe('a wish that a task stop', () => {
  it('is kept from whoever asked first', () => {
    const first = requestStop(taskOf(), byUser, 2000);
    assert.equal(requestStop(first, { stopCode: 'ServiceSchedulerInitiated', reason: 'other' }, 3000), first);
    assert.deepEqual([first.desiredStatus, first.lastStatus, first.stoppingAt], ['STOPPED', 'PENDING', 2000]);
  });

  it('shows as STOPPING once the task was running', () => {
    const running = applyTaskReport(taskOf(), report('RUNNING'), 2000);
    assert.equal(beginStopping(running), running);
    assert.equal(beginStopping(requestStop(running, byUser, 3000)).lastStatus, 'STOPPING');
    const pending = requestStop(taskOf(), byUser, 3000);
    assert.equal(beginStopping(pending), pending);
  });

  it('lets a task that was on its way still reach RUNNING, and count its start', () => {
    const late = applyTaskReport(requestStop(taskOf(), byUser, 1500), report('RUNNING'), 2000);
    assert.deepEqual([late.lastStatus, late.startedAt, late.desiredStatus], ['RUNNING', 2000, 'STOPPED']);
  });
});

describe('an end without an agent', () => {
  const gone = { stopCode: 'TerminationNotice', reason: 'Host gone' } as const;
  it('stops the task at once', () => {
    const stopped = stopWithoutAgent(taskOf(), gone, 2000);
    assert.deepEqual(
      [stopped.lastStatus, stopped.stopCode, stopped.stoppedReason],
      ['STOPPED', 'TerminationNotice', 'Host gone'],
    );
    assert.equal(stopWithoutAgent(stopped, byUser, 3000), stopped);
  });

  it('still gives the network interface back', () => {
    const task = taskOf({ lastStatus: 'PROVISIONING', networkInterface });
    assert.equal(stopWithoutAgent(task, gone, 2000).lastStatus, 'DEPROVISIONING');
  });
});

describe('health of a task', () => {
  const of = (...essential: TaskContainer['healthStatus'][]) =>
    healthOf([
      { essential: false, healthStatus: 'UNHEALTHY' },
      ...essential.map((healthStatus) => ({ essential: true, healthStatus })),
    ]);
  it('is the worst of its essential containers', () => {
    assert.equal(of('HEALTHY', 'HEALTHY'), 'HEALTHY');
    assert.equal(of('HEALTHY', 'UNKNOWN'), 'UNKNOWN');
    assert.equal(of('HEALTHY', 'UNKNOWN', 'UNHEALTHY'), 'UNHEALTHY');
  });

  it('follows the telemetry', () => {
    const running = applyTaskReport(taskOf(), report('RUNNING'), 2000);
    const healthy = applyHealthReport(running, [{ name: 'web', healthStatus: 'HEALTHY' }], 3000);
    assert.deepEqual([healthy.healthStatusAt, healthy.startedAt], [3000, 2000]);
    assert.equal(healthy.healthStatus, 'HEALTHY');
    assert.equal(healthy.version, running.version + 1);
    assert.equal(applyHealthReport(healthy, [{ name: 'web', healthStatus: 'HEALTHY' }], 4000), healthy);
  });

  it('stays when the agent is out of reach', () => {
    const running = applyTaskReport(taskOf(), report('RUNNING'), 2000);
    const cut = applyConnectivity(running, 'DISCONNECTED', 3000);
    assert.deepEqual(
      [cut.connectivity, cut.connectivityAt, cut.healthStatus],
      ['DISCONNECTED', 3000, running.healthStatus],
    );
  });
});

describe('whatever happens to a task, in any order', () => {
  const status = fc.constantFrom('PENDING', 'RUNNING', 'STOPPED');
  const containerReport: fc.Arbitrary<ContainerReport> = fc.record(
    {
      name: fc.constantFrom('web', 'side', 'nobody'),
      status,
      exitCode: fc.nat(255),
      reason: fc.string({ maxLength: 5 }),
    },
    { requiredKeys: ['name', 'status'] },
  );
  type Happening = (task: TaskRecord, now: number) => TaskRecord;
  const happening: fc.Arbitrary<Happening> = fc.oneof(
    fc.record({ status, containers: fc.array(containerReport, { maxLength: 3 }) }).map(
      (sent): Happening =>
        (task, now) =>
          applyTaskReport(task, sent, now),
    ),
    fc.constant<Happening>((task, now) => requestStop(task, byUser, now)),
    fc.constant<Happening>((task) => beginStopping(task)),
    fc.constant<Happening>((task, now) =>
      task.lastStatus === 'DEPROVISIONING' ? networkInterfaceGone(task, now) : task,
    ),
    fc.constant<Happening>((task) =>
      task.lastStatus === 'PROVISIONING' ? networkInterfaceReady(task, networkInterface) : task,
    ),
    fc.constant<Happening>((task, now) => stopWithoutAgent(task, byUser, now)),
    fc.constantFrom('CONNECTED' as const, 'DISCONNECTED' as const).map(
      (to): Happening =>
        (task, now) =>
          applyConnectivity(task, to, now),
    ),
  );

  it('statuses only go forward, a repetition changes nothing, and a version counts each change', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 12 }), fc.boolean(), (happenings, awsvpc) => {
        let task = taskOf(awsvpc ? { lastStatus: 'PROVISIONING', networkInterface } : {});
        let now = 1000;
        for (const happen of happenings) {
          const next = happen(task, (now += 10));
          assert.equal(happen(next, now), next);
          assert.ok(taskStatuses.indexOf(next.lastStatus) >= taskStatuses.indexOf(task.lastStatus));
          assert.ok(!(task.desiredStatus === 'STOPPED' && next.desiredStatus === 'RUNNING'));
          for (const [index, container] of next.containers.entries()) {
            const order = ['PENDING', 'RUNNING', 'STOPPED'];
            assert.ok(order.indexOf(container.lastStatus) >= order.indexOf(task.containers[index]?.lastStatus ?? ''));
          }
          assert.equal(next.version, next === task ? task.version : task.version + 1);
          if (next.lastStatus === 'STOPPED') {
            assert.ok(
              next.stoppedAt !== undefined && next.stopCode && next.stoppedReason && next.desiredStatus === 'STOPPED',
            );
            assert.ok(next.containers.every((container) => container.lastStatus === 'STOPPED'));
          }
          if (task.lastStatus === 'STOPPED') assert.equal(next, task);
          task = next;
        }
      }),
    );
  });
});

function report(status: TaskReport['status'], containers: readonly ContainerReport[] = []): TaskReport {
  return { status, containers };
}

const networkInterface = {
  attachmentId: 'attachment-1',
  attachmentStatus: 'ATTACHED',
  subnetId: 'subnet-1',
  securityGroupIds: ['sg-1'],
  assignPublicIp: false,
} as const;

function taskOf(change: Partial<TaskRecord> = {}): TaskRecord {
  const container = (name: string, essential: boolean): TaskContainer => ({
    arn: `arn:aws:ecs:us-east-1:111122223333:container/default/t1/${name}`,
    name,
    image: 'busybox',
    essential,
    cpu: '0',
    lastStatus: 'PENDING',
    healthStatus: 'UNKNOWN',
    networkBindings: [],
  });
  return {
    accountId: '111122223333',
    region: 'us-east-1',
    arn: 'arn:aws:ecs:us-east-1:111122223333:task/default/t1',
    id: 't1',
    clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/default',
    clusterName: 'default',
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/web:1',
    family: 'web',
    revision: 1,
    launchType: 'EC2',
    group: 'family:web',
    overrides: {},
    enableExecuteCommand: false,
    placementConstraints: [],
    tags: [],
    attributes: [],
    reservation: { cpuUnits: 0, memoryMiB: 128, tcpPorts: [], udpPorts: [], networkInterfaces: 0, gpus: 0 },
    desiredStatus: 'RUNNING',
    lastStatus: 'PENDING',
    containers: [container('web', true), container('side', false)],
    healthStatus: 'UNKNOWN',
    createdAt: 1000,
    version: 1,
    ...change,
  };
}
