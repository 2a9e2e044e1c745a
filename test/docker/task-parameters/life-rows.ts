// How containers of a task begin, depend on each other, are healthy, come back and end.
import assert from 'node:assert/strict';
import type { Task } from '@aws-sdk/client-ecs';
import { describeTask } from '../../running/cluster.ts';
import { host as onHost } from '../../running/engine.ts';
import { eventually } from '../../running/eventually.ts';
import { container, row, type Row, type Scene, type Seen } from './table.ts';

const forever = ['sleep', '1000'];

/** Those that wait come first, so that the order of the list is not what makes them wait. */
const ordered: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [
      {
        name: 'after-healthy',
        dependsOn: [
          { containerName: 'healthy', condition: 'HEALTHY' },
          { containerName: 'after-start', condition: 'COMPLETE' },
          { containerName: 'after-success', condition: 'COMPLETE' },
        ],
        command: ['true'],
      },
      {
        name: 'after-start',
        essential: false,
        dependsOn: [{ containerName: 'healthy', condition: 'START' }],
        command: ['true'],
      },
      {
        name: 'after-success',
        essential: false,
        dependsOn: [{ containerName: 'well', condition: 'SUCCESS' }],
        command: ['true'],
      },
      {
        name: 'healthy',
        essential: false,
        dependsOn: [{ containerName: 'done', condition: 'COMPLETE' }],
        command: ['sh', '-c', 'sleep 0.5; touch /ready; sleep 1000'],
        healthCheck: { command: ['CMD-SHELL', 'stat /ready'], interval: 5, timeout: 2, retries: 2, startPeriod: 20 },
      },
      { name: 'well', essential: false, command: ['sh', '-c', 'sleep 0.3'] },
      { name: 'done', essential: false, command: ['sh', '-c', 'sleep 0.3; exit 3'] },
    ],
  },
};

const failed: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [
      { name: 'init', essential: false, command: ['sh', '-c', 'exit 3'] },
      { name: 'app', dependsOn: [{ containerName: 'init', condition: 'SUCCESS' }], command: forever },
    ],
  },
};

const late: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [
      { name: 'slow', essential: false, startTimeout: 2, stopTimeout: 2, command: forever },
      { name: 'app', dependsOn: [{ containerName: 'slow', condition: 'COMPLETE' }], command: forever },
    ],
  },
};

const sick: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [
      {
        name: 'app',
        command: forever,
        stopTimeout: 2,
        healthCheck: { command: ['CMD', 'sleep', '1000'], interval: 5, timeout: 2, retries: 1 },
      },
    ],
  },
  until: 'RUNNING',
};

/** Each has run longer than its period when it ends. */
const restarted: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [
      {
        name: 'again',
        restartPolicy: { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 },
        command: ['sh', '-c', 'echo begun; sleep 61; exit 7'],
      },
      {
        name: 'ignored',
        essential: false,
        restartPolicy: { enabled: true, ignoredExitCodes: [9], restartAttemptPeriod: 60 },
        command: ['sh', '-c', 'echo begun; sleep 61; exit 9'],
      },
      {
        name: 'disabled',
        essential: false,
        restartPolicy: { enabled: false },
        command: ['sh', '-c', 'echo begun; sleep 61; exit 7'],
      },
      {
        name: 'early',
        essential: false,
        restartPolicy: { enabled: true, restartAttemptPeriod: 60 },
        command: ['sh', '-c', 'echo begun; sleep 1; exit 7'],
      },
    ],
  },
  until: 'RUNNING',
};

/** Each tells when SIGTERM came; the one that nothing depends on ends first. */
const reverse: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [
      { name: 'base', stopTimeout: 20, command: untilAsked('echo base ends') },
      {
        name: 'top',
        stopTimeout: 20,
        dependsOn: [{ containerName: 'base', condition: 'START' }],
        command: untilAsked('sleep 0.5; echo top ends'),
      },
      {
        name: 'deaf',
        essential: false,
        stopTimeout: 2,
        command: ['sh', '-c', 'trap "" TERM; echo listening; while true; do sleep 1; done'],
      },
    ],
  },
  until: 'RUNNING',
};

function untilAsked(then: string): readonly string[] {
  return ['sh', '-c', `trap '${then}; exit 0' TERM; echo listening; while true; do sleep 1 & wait $!; done`];
}

const essential: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [
      { name: 'helper', essential: false, command: ['sh', '-c', 'exit 1'] },
      { name: 'other', essential: true, stopTimeout: 2, command: forever },
      { name: 'app', essential: true, command: ['sh', '-c', 'sleep 1; exit 5'] },
    ],
  },
};

const signalImage = 'longshore-test:signal';
const signalled: Scene = {
  definition: {
    networkMode: 'none',
    containerDefinitions: [
      {
        name: 'app',
        image: signalImage,
        stopTimeout: 20,
        command: ['sh', '-c', 'trap "exit 12" USR1; echo listening; while true; do sleep 1 & wait $!; done'],
      },
    ],
  },
  until: 'RUNNING',
};

export const lifeRows: readonly Row[] = [
  row(
    container('restartPolicy.enabled', 'restartPolicy.restartAttemptPeriod', 'restartPolicy.ignoredExitCodes[]'),
    'a container that ended after its period runs again in place; not so without, before, or with an ignored code',
    async ({ play, client, cluster }) => {
      const seen = await play(restarted);
      const runsOf = async (name: string): Promise<number> => (await seen.output(name)).split('begun').length - 1;
      await eventually('the second run', async () => ((await runsOf('again')) > 1 ? true : undefined), 90_000);
      const task = await eventually('the end of the others', async () => {
        const now = await describeTask(client, cluster, seen.task.taskArn ?? '');
        return now.containers?.filter(({ lastStatus }) => lastStatus === 'STOPPED').length === 3 ? now : undefined;
      });
      assert.equal(task.lastStatus, 'RUNNING');
      assert.deepEqual(exitCodes(task), { again: undefined, ignored: 9, disabled: 7, early: 7 });
      const again = task.containers?.find(({ name }) => name === 'again');
      assert.equal(again?.runtimeId, seen.idOf('again'), 'the same container');
      for (const name of ['ignored', 'disabled', 'early']) assert.equal(await runsOf(name), 1, name);
    },
  ),
  row(
    container('essential'),
    'the end of an essential container stops the task, that of another does not',
    async ({ play }) => {
      const { task } = await play(essential);
      assert.equal(task.stopCode, 'EssentialContainerExited');
      assert.equal(task.stoppedReason, 'Essential container in task exited');
      assert.deepEqual(exitCodes(task), { helper: 1, other: 137, app: 5 });
    },
  ),
  row(
    container('dependsOn[].containerName', 'dependsOn[].condition'),
    'START, COMPLETE, SUCCESS and HEALTHY each hold back the start',
    async ({ play }) => {
      const seen = await play(ordered);
      assert.equal(seen.task.stopCode, 'EssentialContainerExited', String(seen.task.stoppedReason));
      const names = ['done', 'well', 'healthy', 'after-success', 'after-start', 'after-healthy'];
      const times = await Promise.all(names.map((name) => timesOf(seen, name)));
      const at = (name: string) => times[names.indexOf(name)] ?? { startedAt: Number.NaN, finishedAt: Number.NaN };
      assert.ok(at('healthy').startedAt >= at('done').finishedAt, 'COMPLETE');
      assert.ok(at('after-success').startedAt >= at('well').finishedAt, 'SUCCESS');
      assert.ok(at('after-start').startedAt >= at('healthy').startedAt, 'START');
      assert.ok(at('after-healthy').startedAt >= at('healthy').startedAt + 500, 'HEALTHY');
      assert.ok(at('after-healthy').startedAt > at('after-start').startedAt);
    },
  ),
  row(
    container('dependsOn[].condition'),
    'SUCCESS that cannot come stops the task and names the dependency',
    async ({ play }) => {
      const { task } = await play(failed);
      assert.equal(task.stopCode, 'TaskFailedToStart');
      assert.equal(
        task.stoppedReason,
        'TaskDependencyError: container app cannot start: its dependency init exited with code 3',
      );
    },
  ),
  row(container('startTimeout'), 'of the dependency is how long the other waits', async ({ play }) => {
    const { task } = await play(late);
    assert.equal(task.stopCode, 'TaskFailedToStart');
    assert.equal(
      task.stoppedReason,
      'TaskDependencyError: container app cannot start: its dependency slow did not become COMPLETE within 2s',
    );
  }),
  row(container('image'), 'says by its STOPSIGNAL how its containers are asked to stop', async (stage) => {
    const recipe = `FROM ${stage.image}\\nSTOPSIGNAL SIGUSR1\\n`;
    await onHost('sh', '-c', `printf '${recipe}' | DOCKER_BUILDKIT=0 docker build -q -t ${signalImage} -`);
    const seen = await stage.play(signalled);
    const { task } = seen;
    await listening(seen, 'app');
    await stage.client.call('ecs', 'StopTask', { cluster: stage.cluster, task: task.taskArn });
    assert.deepEqual(exitCodes(await stage.reaches(task.taskArn ?? '', 'STOPPED')), { app: 12 });
  }),
  row(
    container('stopTimeout'),
    'is what lies between SIGTERM and SIGKILL; containers end in the reverse order of their start',
    async (stage) => {
      const seen = await stage.play(reverse);
      for (const name of ['base', 'top', 'deaf']) await listening(seen, name);
      await stage.client.call('ecs', 'StopTask', { cluster: stage.cluster, task: seen.task.taskArn, reason: 'enough' });
      const task = await stage.reaches(seen.task.taskArn ?? '', 'STOPPED');
      assert.deepEqual(exitCodes(task), { base: 0, top: 0, deaf: 137 });
      assert.equal(task.stoppedReason, 'enough');
      const [base, top, deaf] = await Promise.all(['base', 'top', 'deaf'].map((name) => timesOf(seen, name)));
      assert.ok((base?.finishedAt ?? 0) >= (top?.finishedAt ?? Number.NaN), 'the base ends after the top');
      const heldOutMs = (deaf?.finishedAt ?? 0) - Number(task.stoppingAt) * 1000;
      assert.ok(heldOutMs > 1500 && heldOutMs < 8000, `killed ${heldOutMs} ms after it was asked`);
    },
  ),
  row(
    container(
      'healthCheck.command[]',
      'healthCheck.interval',
      'healthCheck.timeout',
      'healthCheck.retries',
      'healthCheck.startPeriod',
    ),
    'are what the engine runs; an essential container that fails it makes the task UNHEALTHY and leaves it running',
    async ({ play, client, cluster }) => {
      const seen = await play(sick);
      const unhealthy = await eventually('an unhealthy task', async () => {
        const task = await describeTask(client, cluster, seen.task.taskArn ?? '');
        return task.healthStatus === 'UNHEALTHY' ? task : undefined;
      });
      assert.equal(unhealthy.containers?.[0]?.healthStatus, 'UNHEALTHY');
      assert.equal(unhealthy.lastStatus, 'RUNNING');
      const [firstCheck] = (await seen.inspect('app')).State.Health?.Log ?? [];
      assert.match(firstCheck?.Output ?? '', /Health check exceeded timeout \(2s\)/);
      const check = (await (await play(ordered)).inspect('healthy')).Config.Healthcheck;
      assert.deepEqual(check, {
        Test: ['CMD-SHELL', 'stat /ready'],
        Interval: 5e9,
        Timeout: 2e9,
        StartPeriod: 20e9,
        Retries: 2,
      });
    },
  ),
];

/** A signal that comes before a first process has said what to do with it is lost. */
async function listening(seen: Seen, name: string): Promise<void> {
  await eventually(`${name} listening`, async () =>
    (await seen.output(name)).includes('listening') ? true : undefined,
  );
}

function exitCodes(task: Task): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries((task.containers ?? []).map(({ name = '', exitCode }) => [name, exitCode]));
}

async function timesOf(seen: Seen, name: string): Promise<{ readonly startedAt: number; readonly finishedAt: number }> {
  const state = (await seen.inspect(name)).State;
  return { startedAt: Date.parse(String(state.StartedAt)), finishedAt: Date.parse(String(state.FinishedAt)) };
}
