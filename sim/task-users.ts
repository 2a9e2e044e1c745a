import { subnets } from '../src/services/ec2/tables.ts';
import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { type Action, pickAction } from './actions.ts';
import type { Answer, Client } from './client.ts';
import { type Shape, shapes, withRole } from './definitions.ts';
import { trustEcs } from './roles.ts';
import type { SecurityGroups } from './security-groups.ts';
import { cluster, type System } from './system.ts';

/** What the client was told of a task that it ran itself, which the system must stand by. */
export interface KnownTask {
  readonly arn: string;
  readonly shape: Shape;
  /** Acknowledged StopTask. */
  stopRequested: boolean;
  /** The furthest status an answer has shown, as its place among `statusOrder`. */
  seen: number;
  /** Wall time at which it stopped, once an answer has shown that. */
  stoppedAt?: number;
}

export const statusOrder = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
];

/** Users who run tasks of their own, at random, and remember every answer. */
export class TaskUsers {
  readonly known = new Map<string, KnownTask>();
  /** Of requests that were answered without a task: such a token is not used up, and a late repetition may start some. */
  readonly emptyTokens = new Set<string>();
  readonly #system: System;
  readonly #client: Client;
  readonly #securityGroups: SecurityGroups;
  /** Requests that were answered with tasks, the last few. */
  readonly #answered: AnsweredRun[] = [];
  #subnet: string | undefined;

  constructor(system: System, client: Client, securityGroups: SecurityGroups) {
    this.#system = system;
    this.#client = client;
    this.#securityGroups = securityGroups;
  }

  async prepare(): Promise<void> {
    this.#subnet = this.#system.server?.store.view((reader) => [...reader.list(subnets)][0]?.subnetId);
    for (const { definition } of shapes) await this.#client.call('RegisterTaskDefinition', definition);
  }

  /** What users of tasks do. */
  readonly actions: readonly Action[] = [
    { name: 'run tasks', weight: 35, act: (random) => this.#runSome(random) },
    { name: 'run tasks whose role goes', weight: 6, act: (random) => this.#runWithoutRole(random) },
    { name: 'run the same again by its token', weight: 8, act: (random) => this.#repeat(random) },
    { name: 'stop a task', weight: 25, act: (random) => this.#stopOne(random) },
    { name: 'look at tasks', weight: 20, act: (random) => this.#describeSome(random) },
    { name: 'list tasks', weight: 6, act: (random) => this.#list(random) },
    { name: 'register a definition anew', weight: 6, act: (random) => this.#register(random) },
  ];

  /** One thing that a user of tasks does. */
  async act(random: SimRandom): Promise<void> {
    const action = pickAction(random, this.actions);
    this.#system.saw(`user: ${action.name}`);
    await action.act(random);
  }

  get #live(): readonly KnownTask[] {
    return [...this.known.values()].filter(({ stoppedAt }) => stoppedAt === undefined);
  }

  async #runSome(random: SimRandom): Promise<void> {
    // Fewer than this keep some capacity free, so that placement sees both room and none.
    if (this.#live.length < mostLive) await this.run(random, random.pick(shapes), random.integer(1, 3));
  }

  /** Its role is there when a task is asked for, and perhaps not any more when it is to start. */
  async #runWithoutRole(random: SimRandom): Promise<void> {
    const { clock } = this.#system.clientWorld;
    const running = this.run(random, withRole, random.integer(1, 3));
    await clock.sleep(random.integer(0, 12));
    await trustEcs(this.#system, false);
    await running;
    await clock.sleep(random.integer(0, 30_000));
    await trustEcs(this.#system, true);
  }

  async #stopOne(random: SimRandom): Promise<void> {
    if (this.#live.length > 0) await this.stop(random.pick(this.#live));
  }

  async #describeSome(random: SimRandom): Promise<void> {
    const all = [...this.known.values()];
    if (all.length > 0) await this.describe([...new Set(Array.from({ length: 10 }, () => random.pick(all)))]);
  }

  async #list(random: SimRandom): Promise<void> {
    await this.#client.call('ListTasks', { cluster, desiredStatus: random.pick(['RUNNING', 'STOPPED']) });
  }

  async #register(random: SimRandom): Promise<void> {
    await this.#client.call('RegisterTaskDefinition', random.pick(shapes).definition);
  }

  /** A program that does not remember whether it was answered asks again: the token says that it is the same request. */
  async #repeat(random: SimRandom): Promise<void> {
    if (this.#answered.length === 0) return;
    const { input, arns, shape } = random.pick(this.#answered);
    const answer = await this.#client.call('RunTask', input, shape.hasRole ? mayLackRole : {});
    const others = tasksIn(answer).filter(({ taskArn }) => !arns.includes(taskArn));
    if (others.length > 0) {
      this.#system.fail(
        'a repeated request is carried out once',
        `RunTask ${JSON.stringify(input)} started ${arns.join(', ')} and then ${others.map(({ taskArn }) => taskArn).join(', ')}`,
      );
    }
  }

  async run(random: SimRandom, shape: Shape, count: number): Promise<readonly KnownTask[]> {
    const clientToken = `token-${random.integer(0, 1e12)}`;
    const input = {
      cluster,
      taskDefinition: shape.family,
      launchType: shape.launchType,
      count,
      clientToken,
      ...(shape.launchType === 'FARGATE' ? { networkConfiguration: this.network(random) } : {}),
    };
    const answer = await this.#client.call('RunTask', input, shape.hasRole ? mayLackRole : {});
    const arns = tasksIn(answer).map(({ taskArn }) => taskArn);
    if (arns.length === 0) this.emptyTokens.add(clientToken);
    else this.#answered.unshift({ input, arns, shape });
    this.#answered.splice(mostRepeated);
    const started: KnownTask[] = [];
    for (const task of tasksIn(answer)) {
      const known = this.known.get(task.taskArn) ?? { arn: task.taskArn, shape, stopRequested: false, seen: 0 };
      this.known.set(task.taskArn, known);
      this.#saw(known, task);
      started.push(known);
    }
    return started;
  }

  async stop(known: KnownTask): Promise<void> {
    const before = { ...known };
    const answer = await this.#client.call('StopTask', { cluster, task: known.arn, reason: 'workload' });
    const task = taskIn(answer?.['task']);
    if (!task) return;
    known.stopRequested = true;
    this.#saw(known, task, before);
    if (task.desiredStatus !== 'STOPPED') {
      this.#system.fail(
        'what was acknowledged stays so',
        `${known.arn} is wanted ${task.desiredStatus} after StopTask`,
      );
    }
  }

  /** Asks after up to a hundred tasks; what is not found must have been stopped for an hour. */
  async describe(asked: readonly KnownTask[]): Promise<void> {
    if (asked.length === 0) return;
    // What another user is told while this answer is on its way does not bind it.
    const before = new Map(asked.map((known) => [known.arn, { ...known }]));
    const answer = await this.#client.call('DescribeTasks', { cluster, tasks: asked.map(({ arn }) => arn) });
    if (!answer) return;
    const found = new Set<string>();
    for (const task of tasksIn(answer)) {
      found.add(task.taskArn);
      const known = this.known.get(task.taskArn);
      if (known) this.#saw(known, task, before.get(task.taskArn));
    }
    const { clock } = this.#system;
    for (const known of asked) {
      if (found.has(known.arn)) continue;
      // A task that this client has not seen stopped may have been for long.
      const isRecent = known.stoppedAt !== undefined && clock.now() - known.stoppedAt < shownForMs;
      const cannotHaveStopped =
        known.shape.ends === 'never' &&
        !known.stopRequested &&
        known.stoppedAt === undefined &&
        clock.monotonicMs() < shownForMs;
      if (isRecent || cannotHaveStopped)
        this.#system.fail('what was acknowledged stays so', `${known.arn}, acknowledged, is not found`);
    }
  }

  network(random: SimRandom): object {
    return { awsvpcConfiguration: { subnets: [this.#subnet], securityGroups: this.#securityGroups.ofTask(random) } };
  }

  /** Holds an answer against what was known before it was asked for. */
  #saw(known: KnownTask, task: TaskView, before: KnownTask = known): void {
    const place = statusOrder.indexOf(task.lastStatus);
    if (place < before.seen) {
      this.#system.fail(
        'answers never go back',
        `${known.arn} was ${statusOrder[before.seen]} and is ${task.lastStatus}`,
      );
    }
    if (before.stopRequested && task.desiredStatus !== 'STOPPED') {
      this.#system.fail(
        'what was acknowledged stays so',
        `${known.arn} was told to stop and is wanted ${task.desiredStatus}`,
      );
    }
    known.seen = Math.max(known.seen, place);
    checkDurable(this.#system, task);
    if (task.lastStatus === 'STOPPED') known.stoppedAt = task.stoppedAt * 1000;
  }
}

interface AnsweredRun {
  readonly input: object;
  readonly arns: readonly string[];
  readonly shape: Shape;
}

/** Of what asks for a role that may have been taken away. */
export const mayLackRole = { allowed: ['InvalidParameterException', 'ClientException'] };

const mostLive = 12;
const mostRepeated = 5;
/** Stopped tasks are shown for an hour, by a clock that jumps at times. */
const shownForMs = 50 * 60_000;

/** What an answer shows is durable by then: a server that crashes now and one that starts know no less. */
export function checkDurable(system: System, task: TaskView): void {
  const rule = 'what an answer shows is durable';
  const durable = system.durable.tasks.get(task.taskArn);
  if (!durable) {
    system.fail(rule, `${task.taskArn} is shown ${task.lastStatus} and is not durable`);
    return;
  }
  const isBehind = statusOrder.indexOf(durable.lastStatus) < statusOrder.indexOf(task.lastStatus);
  if (isBehind || (task.desiredStatus === 'STOPPED' && durable.desiredStatus === 'RUNNING')) {
    system.fail(
      rule,
      `${task.taskArn} is shown ${task.lastStatus}, wanted ${task.desiredStatus}, and is durably ${durable.lastStatus}, wanted ${durable.desiredStatus}`,
    );
  }
}

export interface TaskView {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  /** Seconds; not a number while it has not stopped. */
  readonly stoppedAt: number;
}

export function tasksIn(answer: Answer | undefined): readonly TaskView[] {
  const list = answer?.['tasks'];
  return Array.isArray(list) ? list.map(taskIn).filter((task) => task !== undefined) : [];
}

function taskIn(value: unknown): TaskView | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const member = (name: string): string => String(Reflect.get(value, name));
  return {
    taskArn: member('taskArn'),
    lastStatus: member('lastStatus'),
    desiredStatus: member('desiredStatus'),
    stoppedAt: Number(member('stoppedAt')),
  };
}
