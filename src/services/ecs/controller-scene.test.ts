/** The stage for tests of the controller: a cluster with room, and agents that do at once what they are told. */
import assert from 'node:assert/strict';
import type { CreateServiceRequest, Service, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { Answer, Parsed } from '../../aws/operation.ts';
import { Runner } from '../../control/runner.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { createService } from './operations/create-service.ts';
import { describeServices } from './operations/describe-services.ts';
import { updateService } from './operations/update-service.ts';
import { createEcsParts } from './parts.ts';
import { applyHealthReport } from './rules/lifecycle.ts';
import { ecsService } from './service.ts';
import { type ServiceRecord, services } from './service-tables.ts';
import { type TaskRecord, tasks } from './tables.ts';
import { openTaskScene, type TaskScene } from './task-scene.test.ts';

/** What an agent does with a task it is told to run. `slow` leaves it as it is. */
export type Conduct = 'runs' | 'fails' | 'slow' | 'healthy' | 'unhealthy';

export interface ControllerScene extends TaskScene {
  /** What the agents do with tasks from now on: one thing with all, or by task. */
  conduct: Conduct | ((task: TaskRecord) => Conduct);
  create(more?: Partial<Parsed<CreateServiceRequest>>): Promise<void>;
  update(more: Omit<Parsed<UpdateServiceRequest>, 'service'>): Promise<void>;
  describe(): Promise<Answer<Service>>;
  service(): ServiceRecord;
  /** What reconcilers failed with. */
  errors(): readonly string[];
  /** Tasks that are not STOPPED. */
  live(): readonly TaskRecord[];
  /** The service's messages, oldest first. */
  messages(): Promise<readonly string[]>;
  /** Lets time pass, in steps of five seconds, with the controller and the agents at work. */
  pass(ms: number, observe?: () => void): Promise<void>;
}

export async function openControllerScene(hosts = 2): Promise<ControllerScene> {
  const ecs = await openTaskScene();
  for (let number = 1; number <= hosts; number += 1) {
    await ecs.host(number, {
      cpuUnits: 10_000,
      memoryMiB: 20_000,
      zone: number % 2 ? 'us-east-1a' : 'us-east-1b',
      attributes: [{ name: 'ecs.capability.container-health-check' }],
    });
  }
  await ecs.define();
  const log = new SimLog(ecs.clock);
  const live = (): readonly TaskRecord[] =>
    ecs.store.view((reader) => [...reader.list(tasks)].filter((task) => task.lastStatus !== 'STOPPED'));
  const tellHealth = async (arn: string, healthStatus: 'HEALTHY' | 'UNHEALTHY'): Promise<void> => {
    await ecs.store.update((tx, env) => {
      const task = tx.get(tasks, arn);
      if (task?.lastStatus !== 'RUNNING') return;
      const checked = task.containers.map(({ name }) => ({ name, healthStatus }));
      tx.put(tasks, applyHealthReport(task, checked, env.now));
    });
  };
  const obey = async (task: TaskRecord): Promise<void> => {
    const conduct = typeof scene.conduct === 'function' ? scene.conduct(task) : scene.conduct;
    if (task.desiredStatus === 'STOPPED') return await ecs.report(task.arn, { status: 'STOPPED' });
    if (conduct === 'slow') return;
    if (task.lastStatus === 'PENDING' && conduct === 'fails') {
      return await ecs.report(task.arn, { status: 'STOPPED', reason: 'CannotPullContainerError: no such image' });
    }
    if (task.lastStatus === 'PENDING') {
      const containers = task.containers.map(({ name }) => ({ name, status: 'RUNNING', imageDigest }) as const);
      await ecs.report(task.arn, { status: 'RUNNING', containers });
    }
    if (conduct === 'healthy') await tellHealth(task.arn, 'HEALTHY');
    if (conduct === 'unhealthy') await tellHealth(task.arn, 'UNHEALTHY');
  };
  const describe = async (): Promise<Answer<Service>> => {
    const { services: found = [] } = await ecs.ask(describeServices, { services: ['api'] });
    assert(found[0]);
    return found[0];
  };
  const scene: ControllerScene = {
    ...ecs,
    conduct: 'runs',
    create: async (more = {}) => {
      await ecs.ask(createService, { serviceName: 'api', taskDefinition: 'web', desiredCount: 2, ...more });
    },
    update: async (more) => {
      await ecs.ask(updateService, { service: 'api', ...more });
    },
    describe,
    service: () => {
      const [found] = ecs.store.view((reader) => [...reader.list(services)]);
      assert(found);
      return found;
    },
    errors: () => log.lines.filter((line) => line.includes(' error ')),
    live,
    messages: async () => ((await describe()).events ?? []).map(({ message = '' }) => message).toReversed(),
    pass: async (ms, observe = () => undefined) => {
      for (let passed = 0; passed < ms; passed += stepMs) {
        await ecs.clock.advance(stepMs);
        observe();
        for (const task of live()) await obey(task);
        observe();
      }
      await ecs.clock.advance(1);
      observe();
    },
  };
  const { reconcilers } = ecsService(
    createEcsParts({ clock: ecs.clock, random: new SimRandom(2), hash: simHash, log }),
  );
  new Runner({ store: ecs.store, clock: ecs.clock, log, reconcilers }).start();
  return scene;
}

const stepMs = 5_000;

export const imageDigest = `sha256:${'ab'.repeat(32)}`;
