import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { newTask } from './accept.ts';
import type { PayloadContainer, PayloadTask } from './contract.ts';
import { dependenciesOf } from './dependencies.ts';
import { type Busy, planTask } from './plan.ts';
import { type ContainerRecord, pauseName, type TaskRecord } from './state.ts';

const nobody: Busy = new Map();

function container(name: string, over: Partial<PayloadContainer> = {}): PayloadContainer {
  return {
    name,
    image: 'busybox',
    containerArn: `arn:${name}`,
    cpu: 0,
    memory: 0,
    essential: true,
    command: [],
    environment: {},
    links: [],
    portMappings: [],
    mountPoints: [],
    volumesFrom: [],
    dockerConfig: { version: '1.18', config: '{}', hostConfig: '{}' },
    dependsOn: [],
    ...over,
  };
}

function payload(containers: readonly PayloadContainer[], over: Partial<PayloadTask> = {}): PayloadTask {
  return {
    arn: 'arn:aws:ecs:us-east-1:123456789012:task/default/0123456789abcdef0123456789abcdef',
    taskClusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/default',
    family: 'web',
    version: '3',
    desiredStatus: 'RUNNING',
    containers,
    volumes: [],
    ...over,
  };
}

type Seen = Readonly<Record<string, Partial<ContainerRecord>>>;

/** A task as it would be after a while: resources are there, containers as given. */
function task(wanted: PayloadTask, seen: Seen = {}, over: Partial<TaskRecord> = {}): TaskRecord {
  const fresh = newTask(wanted, 0, () => 'x');
  const containers = Object.fromEntries(
    Object.entries(fresh.containers).map(([name, record]) => [name, { ...record, ...seen[name] }]),
  );
  return { ...fresh, resources: { '@cgroup': true, '@network': true }, containers, ...over };
}

const running = (over: Partial<ContainerRecord> = {}): Partial<ContainerRecord> => ({
  hasImage: true,
  id: 'id',
  phase: 'running',
  startedAt: 1000,
  ...over,
});
const created: Partial<ContainerRecord> = { hasImage: true, id: 'id', phase: 'created' };
const exited = (exitCode: number, over: Partial<ContainerRecord> = {}): Partial<ContainerRecord> => ({
  ...running(),
  phase: 'exited',
  exitCode,
  finishedAt: 2000,
  ...over,
});

function stepsOf(record: TaskRecord, now = 5000, busy = nobody): readonly string[] {
  return planTask(record, busy, now).steps.map((step) => `${step.kind} ${step.target}`);
}

const one = payload([container('app')]);

describe('the plan of a task', () => {
  const cases: readonly {
    readonly what: string;
    readonly record: TaskRecord;
    readonly steps: readonly string[];
    readonly status: string;
  }[] = [
    {
      what: 'begins with the pull and the limits',
      record: task(one, {}, { resources: {} }),
      steps: ['prepare @cgroup', 'pull app'],
      status: 'PENDING',
    },
    {
      what: 'creates once the image is there',
      record: task(one, { app: { hasImage: true } }),
      steps: ['create app'],
      status: 'PENDING',
    },
    { what: 'starts what is created', record: task(one, { app: created }), steps: ['start app'], status: 'PENDING' },
    {
      what: 'does not start before the limits are set',
      record: task(one, { app: created }, { resources: {} }),
      steps: ['prepare @cgroup'],
      status: 'PENDING',
    },
    { what: 'has nothing to do while all runs', record: task(one, { app: running() }), steps: [], status: 'RUNNING' },
    {
      what: 'stops when it is told to',
      record: task(one, { app: running() }, { desiredStatus: 'STOPPED', ranAt: 1000 }),
      steps: ['stop app'],
      status: 'RUNNING',
    },
    {
      what: 'is STOPPED at once when it is told to before anything ran',
      record: task(one, { app: created }, { desiredStatus: 'STOPPED' }),
      steps: [],
      status: 'STOPPED',
    },
    {
      what: 'ends when an essential container ends, with whatever code',
      record: task(
        payload([container('app'), container('side')]),
        { app: exited(0), side: running() },
        { ranAt: 1000 },
      ),
      steps: ['stop side'],
      status: 'RUNNING',
    },
    {
      what: 'goes on when one that is not essential ends',
      record: task(payload([container('app'), container('side', { essential: false })]), {
        app: running(),
        side: exited(1),
      }),
      steps: [],
      status: 'RUNNING',
    },
    {
      what: 'ends when none of its containers is left, essential or not',
      record: task(payload([container('side', { essential: false })]), { side: exited(0) }),
      steps: [],
      status: 'STOPPED',
    },
    {
      what: 'ends when the image of an essential container cannot be had',
      record: task(one, { app: { error: 'CannotPullContainerError: no' } }),
      steps: [],
      status: 'STOPPED',
    },
    {
      what: 'makes network and pause container first in awsvpc mode',
      record: task(
        payload([container('app')], { networkMode: 'awsvpc' }),
        { app: { hasImage: true } },
        { resources: {} },
      ),
      steps: ['prepare @network', 'prepare @cgroup'],
      status: 'PENDING',
    },
    {
      what: 'creates in the pause container’s network while that one starts',
      record: task(payload([container('app')], { networkMode: 'awsvpc' }), {
        [pauseName]: created,
        app: { hasImage: true },
      }),
      steps: [`start ${pauseName}`, 'create app'],
      status: 'PENDING',
    },
    {
      what: 'does not start before the pause container runs',
      record: task(payload([container('app')], { networkMode: 'awsvpc' }), { [pauseName]: created, app: created }),
      steps: [`start ${pauseName}`],
      status: 'PENDING',
    },
    {
      what: 'gives its address back before it is STOPPED',
      record: task(
        payload([container('app')], { networkMode: 'awsvpc' }),
        { [pauseName]: running(), app: exited(0) },
        { ranAt: 1000 },
      ),
      steps: [`remove ${pauseName}`],
      status: 'RUNNING',
    },
    {
      what: 'ends when its pause container is killed',
      record: task(
        payload([container('app')], { networkMode: 'awsvpc' }),
        { [pauseName]: exited(137), app: running() },
        { ranAt: 1000 },
      ),
      steps: ['stop app'],
      status: 'RUNNING',
    },
    {
      what: 'stops dependents before what they depend on',
      record: task(
        payload([container('db'), container('app', { dependsOn: [{ containerName: 'db', condition: 'START' }] })]),
        { db: running(), app: running() },
        { desiredStatus: 'STOPPED', ranAt: 1000 },
      ),
      steps: ['stop app'],
      status: 'RUNNING',
    },
    {
      what: 'ends when a container is removed behind its back',
      record: task(one, { app: running({ phase: 'gone' }) }, { ranAt: 1000 }),
      steps: [],
      status: 'STOPPED',
    },
  ];
  for (const { what, record, steps, status } of cases) {
    test(what, () => {
      assert.deepEqual(stepsOf(record), steps);
      assert.equal(planTask(record, nobody, 5000).status, status);
    });
  }
});

describe('a dependency', () => {
  const cases: readonly (readonly [
    condition: 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY',
    dependency: Partial<ContainerRecord>,
    verdict: 'starts' | 'waits' | 'fails',
  ])[] = [
    ['START', created, 'waits'],
    ['START', running(), 'starts'],
    ['START', exited(3), 'starts'],
    ['START', { hasImage: true, error: 'CannotCreateContainerError: no' }, 'fails'],
    ['COMPLETE', running(), 'waits'],
    ['COMPLETE', exited(3), 'starts'],
    ['COMPLETE', running({ phase: 'gone' }), 'fails'],
    ['SUCCESS', running(), 'waits'],
    ['SUCCESS', exited(0), 'starts'],
    ['SUCCESS', exited(3), 'fails'],
    ['HEALTHY', running({ health: { status: 'UNKNOWN', since: 0 } }), 'waits'],
    ['HEALTHY', running({ health: { status: 'UNHEALTHY', since: 0 } }), 'waits'],
    ['HEALTHY', running({ health: { status: 'HEALTHY', since: 0 } }), 'starts'],
    ['HEALTHY', exited(0), 'fails'],
  ];
  for (const [condition, dependency, verdict] of cases) {
    test(`on ${condition} of one that is ${dependency.phase ?? 'not there'} ${dependency.exitCode ?? ''} ${verdict}`, () => {
      const record = task(
        payload([
          container('dep', { essential: false }),
          container('app', { dependsOn: [{ containerName: 'dep', condition }] }),
        ]),
        { dep: dependency, app: created },
      );
      const plan = planTask(record, nobody, 5000);
      assert.equal(stepsOf(record).includes('start app'), verdict === 'starts');
      assert.equal(plan.failure !== undefined, verdict === 'fails');
    });
  }

  test('that takes longer than its startTimeout ends the task', () => {
    const record = task(
      payload([
        container('dep', { essential: false, startTimeout: 10 }),
        container('app', { dependsOn: [{ containerName: 'dep', condition: 'HEALTHY' }] }),
      ]),
      { dep: running(), app: created },
    );
    assert.equal(planTask(record, nobody, 10_999).wakeAt, 11_000);
    assert.match(planTask(record, nobody, 11_000).failure ?? '', /^TaskDependencyError: .*did not become HEALTHY/);
  });

  test('in a circle ends the task', () => {
    const record = task(
      payload([
        container('a', { dependsOn: [{ containerName: 'b', condition: 'START' }] }),
        container('b', { dependsOn: [{ containerName: 'a', condition: 'START' }] }),
      ]),
    );
    assert.equal(
      planTask(record, nobody, 0).failure,
      `TaskDependencyError: Task dependencies cannot be resolved, taskArn: ${record.arn}`,
    );
  });
});

describe('a restart policy', () => {
  const policy = { enabled: true, ignoredExitCodes: [42], restartAttemptPeriod: 60 };
  const wanted = payload([container('app', { restartPolicy: policy })]);
  const after = (seconds: number, code: number): TaskRecord =>
    task(wanted, { app: exited(code, { startedAt: 0, finishedAt: seconds * 1000 }) }, { ranAt: 0 });

  test('starts the container again in place, and the task stays RUNNING', () => {
    assert.deepEqual(stepsOf(after(60, 1)), ['start app']);
    assert.equal(planTask(after(60, 1), nobody, 0).status, 'RUNNING');
  });
  test('does not help one that ends too soon after its start', () => {
    assert.equal(planTask(after(59, 1), nobody, 0).status, 'STOPPED');
  });
  test('leaves ignored exit codes alone', () => {
    assert.equal(planTask(after(60, 42), nobody, 0).status, 'STOPPED');
  });
  test('ends with the task', () => {
    assert.equal(planTask({ ...after(60, 1), desiredStatus: 'STOPPED' }, nobody, 0).status, 'STOPPED');
  });
});

test('a stop waits for a start that is under way', () => {
  const record = task(one, { app: created }, { desiredStatus: 'STOPPED' });
  assert.equal(planTask(record, new Map([['app', 'start' as const]]), 0).status, 'PENDING');
});

describe('any task', () => {
  const names = ['a', 'b', 'c', 'd'];
  const conditions = ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'] as const;
  /** Dependencies only on earlier containers: no circles. */
  const wantedTasks = fc
    .tuple(
      fc.array(
        fc.record({
          essential: fc.boolean(),
          on: fc.array(fc.tuple(fc.nat(2), fc.constantFrom(...conditions)), { maxLength: 2 }),
          restarts: fc.boolean(),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      fc.constantFrom('bridge' as const, 'awsvpc' as const),
    )
    .map(([list, networkMode]) =>
      payload(
        list.map(({ essential, on, restarts }, index) =>
          container(names[index] ?? '', {
            essential,
            dependsOn: on
              .filter(([target]) => target < index)
              .map(([target, condition]) => ({ containerName: names[target] ?? '', condition })),
            ...(restarts ? { restartPolicy: { enabled: true, ignoredExitCodes: [], restartAttemptPeriod: 60 } } : {}),
          }),
        ),
        { networkMode },
      ),
    );

  /** What the engine may answer to a step, or do by itself; `luck` chooses. */
  function react(record: TaskRecord, target: string, kind: string, luck: number, now: number): TaskRecord {
    const seen = record.containers[target];
    const set = (change: Partial<ContainerRecord>): TaskRecord =>
      seen ? { ...record, containers: { ...record.containers, [target]: { ...seen, ...change } } } : record;
    if (kind === 'prepare') {
      return luck % 8 === 0
        ? { ...record, failure: 'ResourceInitializationError: no' }
        : { ...record, resources: { ...record.resources, [target]: true } };
    }
    if (luck % 8 === 0 && kind !== 'stop' && kind !== 'remove') return set({ error: 'Error: no', startFailed: true });
    if (kind === 'pull') return set({ hasImage: true });
    if (kind === 'create') return set({ id: 'id', phase: 'created' });
    if (kind === 'start') return set({ phase: 'running', startedAt: now });
    if (kind === 'stop') return set({ phase: 'exited', exitCode: 137, finishedAt: now });
    return set({ phase: 'gone' });
  }

  test('that is told to stop comes to STOPPED with nothing running, whatever the engine does', () => {
    fc.assert(
      fc.property(
        wantedTasks,
        fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
        fc.nat(20),
        (wanted, luck, stopAfter) => {
          let record = newTask(wanted, 0, () => 'x');
          let hasStopped = false;
          for (const [round, chance] of [...luck, ...luck].entries()) {
            const now = round * 1000;
            if (round === stopAfter) record = { ...record, desiredStatus: 'STOPPED' };
            const plan = planTask(record, nobody, now);
            if (plan.failure !== undefined) record = { ...record, failure: plan.failure };
            if (plan.status === 'RUNNING' && record.ranAt === undefined) record = { ...record, ranAt: now };
            if (hasStopped) assert.equal(plan.status, 'STOPPED', 'STOPPED is final');
            hasStopped = plan.status === 'STOPPED';
            if (hasStopped) {
              const alive = Object.values(record.containers).filter((seen) => seen.phase === 'running');
              assert.deepEqual(alive, []);
              continue;
            }
            const step = plan.steps[chance % Math.max(1, plan.steps.length)];
            if (step) record = react(record, step.target, step.kind, chance, now);
            else {
              // Nothing to do: something ends by itself.
              const name = names[chance % names.length] ?? '';
              const seen = record.containers[name];
              if (seen?.phase === 'running') {
                const end = { ...seen, phase: 'exited' as const, exitCode: chance % 3, finishedAt: now };
                record = { ...record, containers: { ...record.containers, [name]: end } };
              }
            }
          }
          assert.ok(hasStopped);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never starts a container before what it depends on, nor stops one before its dependents', () => {
    fc.assert(
      fc.property(
        wantedTasks,
        fc.array(fc.constantFrom('none', 'created', 'running', 'exited'), { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        (wanted, phases, isTold) => {
          const seen = Object.fromEntries(
            [pauseName, ...names].map((name, index) => {
              const phase = phases[index];
              if (phase === 'running') return [name, running()];
              if (phase === 'exited') return [name, exited(0)];
              return [name, phase === 'created' ? created : { hasImage: true }];
            }),
          );
          const record = task(wanted, seen, isTold ? { desiredStatus: 'STOPPED' } : {});
          for (const step of planTask(record, nobody, 5000).steps) {
            const about = wanted.containers.find((candidate) => candidate.name === step.target);
            if (step.kind === 'start' && about && record.containers[about.name]?.phase === 'created') {
              for (const name of dependenciesOf(about)) assert.ok(record.containers[name]?.startedAt !== undefined);
            }
            if (step.kind === 'stop') {
              for (const other of wanted.containers) {
                if (dependenciesOf(other).includes(step.target)) {
                  assert.notEqual(record.containers[other.name]?.phase, 'running');
                }
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
