/** The stage for tests of services: what the scene of tasks has, and tasks of services put by hand. */
import assert from 'node:assert/strict';
import type { CreateServiceRequest, Service } from '@aws-sdk/client-ecs';
import type { Answer, Parsed } from '../../aws/operation.ts';
import { someTask } from './open-ecs.test.ts';
import { createService } from './operations/create-service.ts';
import { describeServices } from './operations/describe-services.ts';
import {
  type DeploymentRecord,
  deployments,
  type ServiceDeploymentRecord,
  serviceDeployments,
  type ServiceRecord,
  services,
} from './service-tables.ts';
import { openTaskScene, type TaskScene } from './task-scene.test.ts';
import { type TaskRecord, tasks } from './tables.ts';

export interface ServiceScene extends TaskScene {
  /** Creates a service of two tasks of the family `web`. */
  create(more?: Partial<Parsed<CreateServiceRequest>>): Promise<Answer<Service>>;
  show(name?: string): Promise<Answer<Service>>;
  /** The record. */
  service(name?: string): ServiceRecord;
  /** Writes the service as its controller would have it. */
  write(name: string, more: Partial<ServiceRecord>): Promise<void>;
  /** The deployments that are shown, PRIMARY first. */
  shown(name?: string): readonly DeploymentRecord[];
  /** All there were, oldest first. */
  history(name?: string): readonly ServiceDeploymentRecord[];
  /** What the controller does when the PRIMARY deployment has come to its end. */
  complete(name?: string): Promise<void>;
  /** Puts a RUNNING task of the service's PRIMARY deployment. */
  runTask(number: number, more?: Partial<TaskRecord>): Promise<TaskRecord>;
  /** Puts a RUNNING task of no service that has the same startedBy. */
  runAlone(number: number): Promise<TaskRecord>;
}

export async function openServiceScene(): Promise<ServiceScene> {
  const scene = await openTaskScene();
  await scene.define();
  const arnOf = (name: string): string => `arn:aws:ecs:us-east-1:123456789012:service/default/${name}`;
  const service = (name = 'web'): ServiceRecord => {
    const record = scene.store.view((reader) => reader.get(services, arnOf(name)));
    assert(record, `service ${name} is there`);
    return record;
  };
  const shown = (name = 'web'): readonly DeploymentRecord[] =>
    scene.store.view((reader) =>
      [...reader.find(deployments, 'service', arnOf(name))].sort((a, b) => (a.status < b.status ? 1 : -1)),
    );
  const show = async (name = 'web'): Promise<Answer<Service>> => {
    const { services: found = [] } = await scene.ask(describeServices, { services: [name], include: ['TAGS'] });
    assert(found[0]);
    return found[0];
  };
  const ofPrimary = (number: number): Partial<TaskRecord> => ({
    id: `b${String(number).padStart(31, '0')}`,
    startedBy: shown('web')[0]?.id ?? '',
  });
  const put = async (more: Partial<TaskRecord>): Promise<TaskRecord> => {
    const task = someTask(more);
    await scene.store.update((tx) => tx.put(tasks, task));
    return task;
  };
  return {
    ...scene,
    service,
    shown,
    show,
    create: async (more = {}) => {
      const input = { serviceName: 'web', taskDefinition: 'web', desiredCount: 2, ...more };
      const { service: created } = await scene.ask(createService, input);
      assert(created);
      // The next moment is a later one, as it is for any two requests.
      await scene.clock.advance(1);
      return created;
    },
    write: async (name, more) => {
      await scene.store.update((tx) => tx.put(services, { ...service(name), ...more }));
    },
    history: (name = 'web') =>
      scene.store.view((reader) =>
        [...reader.find(serviceDeployments, 'service', arnOf(name))].sort((a, b) => a.createdAt - b.createdAt),
      ),
    complete: async (name = 'web') => {
      await scene.store.update((tx, env) => {
        const [primary, ...others] = shown(name);
        const open = tx.get(serviceDeployments, primary?.serviceDeploymentArn ?? '');
        assert(primary?.status === 'PRIMARY' && open);
        tx.put(deployments, { ...primary, rolloutState: 'COMPLETED' });
        for (const other of others) tx.put(deployments, { ...other, status: 'INACTIVE' });
        tx.put(serviceDeployments, { ...open, status: 'SUCCESSFUL', finishedAt: env.now });
        tx.put(services, { ...service(name), steadyRevisionArn: primary.revisionArn });
      });
      await scene.clock.advance(1);
    },
    runTask: (number, more = {}) =>
      put({ ...ofPrimary(number), serviceArn: arnOf('web'), group: 'service:web', ...more }),
    runAlone: (number) => put(ofPrimary(number)),
  };
}
