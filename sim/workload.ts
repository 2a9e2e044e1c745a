import { AwsError } from '../src/aws/error.ts';
import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { NetError } from '../src/world/world.ts';
import { type Shape, shapes } from './definitions.ts';
import { type TaskRecord, tasks } from '../src/services/ecs/tables.ts';
import { subnets } from '../src/services/ec2/tables.ts';
import { cluster, describe, type System } from './system.ts';

export type Answer = Readonly<Record<string, unknown>>;

/** What the client was told, which the system must stand by. */
export interface KnownTask {
  readonly arn: string;
  readonly shape: Shape;
  /** Acknowledged StopTask. */
  stopRequested: boolean;
  /** The furthest status an answer has shown, as its place among `statusOrder`. */
  seen: number;
  /** Virtual time of the first answer that showed STOPPED. */
  stoppedMs?: number;
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

/** A client that does what users do, at random, and remembers every answer. */
export class Workload {
  readonly known = new Map<string, KnownTask>();
  /** Of requests that were answered without a task: such a token is not used up, and a late repetition may start some. */
  readonly emptyTokens = new Set<string>();
  readonly #system: System;
  readonly #random: SimRandom;
  readonly #calls = new Map<string, number>();
  #stopped = false;
  #subnet: string | undefined;

  constructor(system: System) {
    this.#system = system;
    this.#random = system.world.random.fork('workload');
  }

  /** Answers so far, by operation and outcome. */
  get calls(): ReadonlyMap<string, number> {
    return this.#calls;
  }

  /** Runs several users at once until `stop`. */
  start(users: number): void {
    for (let user = 0; user < users; user += 1) {
      this.#run().catch((error: unknown) => this.#system.fail(`the workload itself fails: ${describe(error)}`));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async prepare(): Promise<void> {
    await this.call('CreateCluster', { clusterName: cluster });
    for (const { definition } of shapes) await this.call('RegisterTaskDefinition', definition);
    this.#subnet = this.#defaultSubnet();
  }

  /**
   * One call, repeated until the server has answered it: what a client with an SDK does, without giving up. Undefined
   * when the answer is an error that the API allows.
   */
  async call(operation: string, input: object, service: 'ecs' | 'logs' = 'ecs'): Promise<Answer | undefined> {
    const { client, clientWorld, trace } = this.#system;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await client.call(service, operation, input);
        this.#count(operation, 'ok');
        trace.note('client', `${operation} ${JSON.stringify(input)} -> ${JSON.stringify(answer)}`);
        return answer;
      } catch (error) {
        const again = error instanceof NetError || (error instanceof AwsError && (error.status ?? 400) >= 500);
        trace.note('client', `${operation} ${JSON.stringify(input)} -> ${String(error)}`);
        this.#count(operation, error instanceof AwsError ? error.code : 'no answer');
        if (!again) {
          if (!(error instanceof AwsError)) throw error;
          if (!allowedErrors.includes(error.code)) {
            this.#system.fail(`${operation} ${JSON.stringify(input)} gives ${error.code}: ${error.message}`);
          }
          return undefined;
        }
        if (attempt > 200) {
          this.#system.fail(`${operation} is not answered after 200 attempts: ${String(error)}`);
          return undefined;
        }
        await clientWorld.clock.sleep(Math.min(5000, 200 * 2 ** Math.min(attempt, 5)));
      }
    }
  }

  async runTasks(shape: Shape, count: number): Promise<readonly KnownTask[]> {
    const clientToken = `token-${this.#random.integer(0, 1e12)}`;
    const answer = await this.call('RunTask', {
      cluster,
      taskDefinition: shape.family,
      launchType: shape.launchType,
      count,
      clientToken,
      ...(shape.launchType === 'FARGATE'
        ? { networkConfiguration: { awsvpcConfiguration: { subnets: [this.#subnet] } } }
        : {}),
    });
    if (tasksIn(answer).length === 0) this.emptyTokens.add(clientToken);
    const started: KnownTask[] = [];
    for (const task of tasksIn(answer)) {
      const known = this.known.get(task.taskArn) ?? { arn: task.taskArn, shape, stopRequested: false, seen: 0 };
      this.known.set(task.taskArn, known);
      this.#saw(known, task);
      started.push(known);
    }
    return started;
  }

  async stopTask(known: KnownTask): Promise<void> {
    const before = { ...known };
    const answer = await this.call('StopTask', { cluster, task: known.arn, reason: 'workload' });
    const task = taskIn(answer?.['task']);
    if (!task) return;
    known.stopRequested = true;
    this.#saw(known, task, before);
    if (task.desiredStatus !== 'STOPPED')
      this.#system.fail(`${known.arn} is wanted ${task.desiredStatus} after StopTask`);
  }

  /** Asks after up to a hundred tasks; what is not found must have been stopped for an hour. */
  async describe(asked: readonly KnownTask[]): Promise<void> {
    if (asked.length === 0) return;
    // What another user is told while this answer is on its way does not bind it.
    const before = new Map(asked.map((known) => [known.arn, { ...known }]));
    const answer = await this.call('DescribeTasks', { cluster, tasks: asked.map(({ arn }) => arn) });
    if (!answer) return;
    const found = new Set<string>();
    for (const task of tasksIn(answer)) {
      found.add(task.taskArn);
      const known = this.known.get(task.taskArn);
      if (known) this.#saw(known, task, before.get(task.taskArn));
    }
    const now = this.#system.clock.monotonicMs();
    for (const known of asked) {
      if (found.has(known.arn)) continue;
      // A task that this client has not seen stopped may have been for long; only one seen so lately must be there.
      const isRecent = known.stoppedMs !== undefined && now - known.stoppedMs < 3_000_000;
      const cannotHaveStopped =
        known.shape.ends === 'never' && !known.stopRequested && known.stoppedMs === undefined && now < 3_000_000;
      if (isRecent || cannotHaveStopped) this.#system.fail(`${known.arn}, acknowledged, is not found`);
    }
  }

  async #run(): Promise<void> {
    const { clock } = this.#system.clientWorld;
    while (!this.#stopped) {
      await clock.sleep(this.#random.latencyMs(40000));
      await this.#act();
    }
  }

  async #act(): Promise<void> {
    const all = [...this.known.values()];
    const live = all.filter(({ stoppedMs }) => stoppedMs === undefined);
    const dice = this.#random.fraction();
    // Fewer than this keep some capacity free, so that placement sees both room and none.
    if (dice < 0.35 && live.length < 24) await this.runTasks(this.#random.pick(shapes), this.#random.integer(1, 4));
    else if (dice < 0.6 && live.length > 0) await this.stopTask(this.#random.pick(live));
    else if (dice < 0.9 && all.length > 0) {
      await this.describe(
        Array.from({ length: 20 }, () => this.#random.pick(all)).filter((it, at, picked) => picked.indexOf(it) === at),
      );
    } else if (dice < 0.95)
      await this.call('ListTasks', { cluster, desiredStatus: this.#random.pick(['RUNNING', 'STOPPED']) });
    else if (dice < 0.97) await this.#drainOne();
    else await this.call('RegisterTaskDefinition', this.#random.pick(shapes).definition);
  }

  /** Takes one instance out of service or back, and looks at what all of them have left. */
  async #drainOne(): Promise<void> {
    const listed = await this.call('ListContainerInstances', { cluster });
    const arns = listed?.['containerInstanceArns'];
    if (!Array.isArray(arns) || arns.length === 0) return;
    const containerInstances = [this.#random.pick(arns)];
    const status = this.#random.pick(['ACTIVE', 'ACTIVE', 'DRAINING']);
    await this.call('UpdateContainerInstancesState', { cluster, containerInstances, status });
    const described = await this.call('DescribeContainerInstances', { cluster, containerInstances: arns });
    const text = JSON.stringify(described?.['containerInstances']);
    if (/"integerValue":-/.test(text)) this.#system.fail(`an instance has less than nothing left: ${text}`);
  }

  /** Holds an answer against what was known before it was asked for. */
  #saw(known: KnownTask, task: TaskView, before: KnownTask = known): void {
    const place = statusOrder.indexOf(task.lastStatus);
    if (place < before.seen) {
      this.#system.fail(`${known.arn} was ${statusOrder[before.seen]} and is ${task.lastStatus}`);
    }
    if (before.stopRequested && task.desiredStatus !== 'STOPPED') {
      this.#system.fail(`${known.arn} was told to stop and is wanted ${task.desiredStatus}`);
    }
    known.seen = Math.max(known.seen, place);
    this.#checkDurable(task);
    if (task.lastStatus === 'STOPPED') known.stoppedMs ??= this.#system.clock.monotonicMs();
  }

  /** What an answer shows is durable by then: a server that crashes now and one that starts know no less. */
  #checkDurable(task: TaskView): void {
    const text = this.#system.journal.find(tasks.name, task.taskArn);
    if (text === undefined) {
      this.#system.fail(`${task.taskArn} is shown ${task.lastStatus} and is not durable`);
      return;
    }
    const durable: TaskRecord = JSON.parse(text);
    const isBehind = statusOrder.indexOf(durable.lastStatus) < statusOrder.indexOf(task.lastStatus);
    if (isBehind || (task.desiredStatus === 'STOPPED' && durable.desiredStatus === 'RUNNING')) {
      this.#system.fail(
        `${task.taskArn} is shown ${task.lastStatus}, wanted ${task.desiredStatus}, and is durably ${durable.lastStatus}, wanted ${durable.desiredStatus}`,
      );
    }
  }

  #defaultSubnet(): string | undefined {
    return this.#system.server?.store.view((reader) => {
      for (const subnet of reader.list(subnets)) return subnet.subnetId;
      return undefined;
    });
  }

  #count(operation: string, outcome: string): void {
    const key = `${operation} ${outcome}`;
    this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1);
  }
}

interface TaskView {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
}

/** Mistakes of ours that a random workload makes, such as stopping what is no longer there. */
const allowedErrors: readonly string[] = ['InvalidParameterException'];

export function tasksIn(answer: Answer | undefined): readonly TaskView[] {
  const list = answer?.['tasks'];
  return Array.isArray(list) ? list.map(taskIn).filter((task) => task !== undefined) : [];
}

function taskIn(value: unknown): TaskView | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const member = (name: string): string => String(Reflect.get(value, name));
  return { taskArn: member('taskArn'), lastStatus: member('lastStatus'), desiredStatus: member('desiredStatus') };
}
