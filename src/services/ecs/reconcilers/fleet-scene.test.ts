/** The stage for tests of deployments in stages and of task sets: the whole of ECS's control with agents that do their part. */
import assert from 'node:assert/strict';
import type { CreateServiceRequest, Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Answer, Operation, Parsed } from '../../../aws/operation.ts';
import type { Reconciler } from '../../../control/reconciler.ts';
import { Runner } from '../../../control/runner.ts';
import type { Store } from '../../../store/store.ts';
import { simHash } from '../../../world/sim/sim-hash.ts';
import { SimRandom } from '../../../world/sim/sim-random.ts';
import type { Log } from '../../../world/world.ts';
import type { LifecycleHookCaller } from '../lifecycle-hook-calls.ts';
import { createService } from '../operations/create-service.ts';
import { describeServiceDeployments } from '../operations/describe-service-deployments.ts';
import { describeServices } from '../operations/describe-services.ts';
import { createEcsParts, type EcsParts } from '../parts.ts';
import { applyHealthReport, applyTaskReport } from '../rules/lifecycle.ts';
import { ecsService } from '../service.ts';
import { type ServiceDeploymentRecord, serviceDeployments, serviceRevisions, services } from '../service-tables.ts';
import { openTaskScene, type TaskScene } from '../task-scene.test.ts';
import { type TaskRecord, tasks } from '../tables.ts';
import { reportTraffic, wantedTraffic } from '../traffic.ts';

export interface FleetScene {
  readonly scene: TaskScene;
  readonly clock: TaskScene['clock'];
  /** The store of now: another one after each restart. */
  store(): Store;
  ask<Input, Output>(operation: Operation<Input, Output, EcsParts>, input: Parsed<Input>): Promise<Answer<Output>>;
  /** Time goes by while the control runs. */
  pass(ms: number): Promise<void>;
  /** The server crashes and comes again. */
  restart(): Promise<void>;
  /** A service `web` of the definition web:1, deployed in stages and settled. */
  create(more?: Partial<Parsed<CreateServiceRequest>>): Promise<void>;
  show(): Promise<Answer<Service>>;
  /** Running tasks by the revision of their task definition. */
  running(): Readonly<Record<number, number>>;
  /** Tasks that are not STOPPED. */
  live(): readonly TaskRecord[];
  /** The newest service deployment: the record, and as the API shows it. */
  deployment(): ServiceDeploymentRecord;
  described(): Promise<Answer<ServiceDeployment>>;
  /** Tasks of these revisions fail before they run. */
  readonly failing: Set<number>;
  /** Ends a running task of the revision, as its container would. */
  crash(revision: number): Promise<void>;
  /**
   * Puts the tasks of the newest deployment behind a load balancer with a rule for test traffic: by hand, as
   * CreateService refuses load balancers while there are none.
   */
  balance(): Promise<void>;
  /** What the health checks of the running tasks of a revision say. */
  health(revision: number, healthStatus: TaskRecord['healthStatus']): Promise<void>;
}

export interface FleetSceneOptions {
  readonly hookCaller?: LifecycleHookCaller;
  /** Beside those of ECS: what stands in for the rest of the world. */
  readonly reconcilers?: readonly Reconciler[];
}

export async function openFleetScene(options: FleetSceneOptions = {}): Promise<FleetScene> {
  const scene = await openTaskScene();
  const attributes = [
    { name: 'ecs.capability.container-health-check' },
    { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.24' },
  ];
  for (const number of [1, 2]) await scene.host(number, { cpuUnits: 16_384, memoryMiB: 16_384, attributes });
  await scene.define();
  await scene.define({ containerDefinitions: [{ name: 'app', image: 'busybox:2', cpu: 100, memory: 128 }] });
  const { clock } = scene;
  const errors: string[] = [];
  const log: Log = {
    info: () => undefined,
    warn: () => undefined,
    error: (event, fields) => errors.push(`${event} ${JSON.stringify(fields)}`),
  };
  const { hookCaller, reconcilers: others = [] } = options;
  const random = new SimRandom(1);
  const parts = createEcsParts({ clock, random, hash: simHash, log, ...(hookCaller && { hookCaller }) });
  const failing = new Set<number>();
  const reconcilers = [...ecsService(parts).reconcilers, agentsStandIn(failing), ...others];
  let { store } = scene;
  const start = (): Runner => {
    const runner = new Runner({ store, clock, log, reconcilers });
    runner.start();
    parts.hooks.start(store);
    return runner;
  };
  let runner = start();
  const ask: FleetScene['ask'] = async (operation, input) => await operation(input, { call: scene.call, store, parts });
  const pass = async (ms: number): Promise<void> => {
    await clock.advance(ms);
    assert.deepEqual(errors, [], 'no reconciler failed');
  };
  const live = (): readonly TaskRecord[] =>
    store.view((reader) => [...reader.list(tasks)]).filter((task) => task.lastStatus !== 'STOPPED');
  const deployment = (): ServiceDeploymentRecord => {
    const found = store
      .view((reader) => [...reader.list(serviceDeployments)])
      .sort((a, b) => b.createdAt - a.createdAt);
    assert(found[0]);
    return found[0];
  };
  const show = async (): Promise<Answer<Service>> => {
    const { services = [] } = await ask(describeServices, { services: ['web'] });
    assert(services[0]);
    return services[0];
  };
  return {
    scene,
    clock,
    store: () => store,
    ask,
    pass,
    restart: async () => {
      parts.hooks.stop();
      await runner.stop();
      store = await scene.reopen();
      runner = start();
    },
    create: async (more = {}) => {
      await ask(createService, {
        serviceName: 'web',
        taskDefinition: 'web:1',
        desiredCount: 3,
        deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
        ...more,
      });
      await pass(60_000);
    },
    show,
    running: () => {
      const counts: Record<number, number> = {};
      for (const task of live()) {
        if (task.lastStatus === 'RUNNING') counts[task.revision] = (counts[task.revision] ?? 0) + 1;
      }
      return counts;
    },
    live,
    deployment,
    described: async () => {
      const { serviceDeployments: found = [] } = await ask(describeServiceDeployments, {
        serviceDeploymentArns: [deployment().arn],
      });
      assert(found[0]);
      return found[0];
    },
    failing,
    crash: async (revision) => {
      await store.update((tx, env) => {
        const task = [...tx.list(tasks)].find((one) => one.revision === revision && one.lastStatus === 'RUNNING');
        assert(task, `a task of revision ${revision} runs`);
        tx.put(tasks, applyTaskReport(task, { status: 'STOPPED', containers: [] }, env.now));
      });
    },
    balance: async () => {
      await store.update((tx) => {
        const revision = tx.get(serviceRevisions, deployment().targetRevisionArn);
        assert(revision);
        const advancedConfiguration = {
          alternateTargetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/b/2',
          testListenerRule: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/lb/1/2/3',
        };
        const loadBalancers = [{ containerName: 'app', containerPort: 80, advancedConfiguration }];
        tx.put(serviceRevisions, { ...revision, settings: { ...revision.settings, loadBalancers } });
      });
    },
    health: async (revision, healthStatus) => {
      await store.update((tx, env) => {
        for (const task of live()) {
          if (task.revision !== revision || task.lastStatus !== 'RUNNING') continue;
          const containers = task.containers.map(({ name }) => ({ name, healthStatus }));
          tx.put(tasks, applyHealthReport(task, containers, env.now));
        }
      });
    },
  };
}

/** Takes the place of the agents: what is wanted RUNNING runs, what is wanted STOPPED stops, each at once. */
function agentsStandIn(failing: ReadonlySet<number>): Reconciler {
  return {
    name: 'agents-stand-in',
    wakes: [{ table: tasks, keys: (_reader, arn) => [arn] }],
    all: (reader) => Array.from(reader.list(tasks), ({ arn }) => arn),
    reconcile: (tx, env, arn) => {
      const task = tx.get(tasks, arn);
      if (!task || task.lastStatus === 'STOPPED' || task.lastStatus === 'PROVISIONING') return undefined;
      if (task.desiredStatus === 'STOPPED' || (failing.has(task.revision) && task.lastStatus === 'PENDING')) {
        tx.put(tasks, applyTaskReport(task, { status: 'STOPPED', containers: [], reason: 'no such image' }, env.now));
      } else if (task.lastStatus === 'PENDING') {
        tx.put(tasks, applyTaskReport(task, { status: 'RUNNING', containers: [] }, env.now));
      }
      return undefined;
    },
  };
}

/** Takes the place of a load balancer: spreads traffic as it is wanted, unless it is held up, and records what it did. */
export class TrafficRecorder {
  /** Percent of production and test traffic of the newest revision, each time they became others. */
  readonly shifts: (readonly [production: number, test: number])[] = [];
  isHeldUp = false;
  readonly reconciler: Reconciler = {
    name: 'traffic-recorder',
    wakes: [
      { table: serviceDeployments, keys: (reader) => Array.from(reader.list(services), ({ arn }) => arn) },
      { table: services, keys: (_reader, arn) => [arn] },
    ],
    all: (reader) => Array.from(reader.list(services), ({ arn }) => arn),
    reconcile: (tx, _env, arn) => {
      const service = tx.get(services, arn);
      if (!service || this.isHeldUp) return undefined;
      const wanted = wantedTraffic(tx, service);
      const [newest] = Array.from(tx.list(serviceDeployments)).sort((a, b) => b.createdAt - a.createdAt);
      const of = (shares: ReadonlyMap<string, number>): number => shares.get(newest?.targetRevisionArn ?? '') ?? 0;
      const [production, test] = [of(wanted.production), of(wanted.test)];
      const last = this.shifts.at(-1);
      if (production !== last?.[0] || test !== last[1]) this.shifts.push([production, test]);
      reportTraffic(tx, arn, wanted);
      return undefined;
    },
  };
}

/** Deployments that DescribeServices shows, as [status, revision of the definition, rolloutState]. */
export function shownDeployments({ deployments = [] }: Answer<Service>): readonly unknown[] {
  return deployments.map(({ status, taskDefinition, rolloutState }: Answer<Deployment>) => [
    status,
    Number(taskDefinition?.split(':').at(-1)),
    rolloutState,
  ]);
}
