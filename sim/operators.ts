import type { SimRandom } from '../src/world/sim/sim-random.ts';
import { type Action, pickAction } from './actions.ts';
import type { Client } from './client.ts';
import { listIn } from './members.ts';
import { alarmNames } from './service-requests.ts';
import { prepareRoles, trustEcs } from './roles.ts';
import type { SecurityGroups } from './security-groups.ts';
import { cluster, type System } from './system.ts';

/**
 * Whoever keeps the machines: takes instances out of service and back, answers hooks, changes who may reach whom,
 * and has alarms that go off.
 */
export class Operators {
  readonly #system: System;
  readonly #client: Client;
  readonly #securityGroups: SecurityGroups;

  constructor(system: System, client: Client, securityGroups: SecurityGroups) {
    this.#system = system;
    this.#client = client;
    this.#securityGroups = securityGroups;
  }

  /** What an operator does. */
  readonly actions: readonly Action[] = [
    { name: 'drain an instance', weight: 20, act: (random) => this.#setInstances('DRAINING', random) },
    { name: 'bring an instance back', weight: 25, act: (random) => this.#setInstances('ACTIVE', random) },
    { name: 'answer a hook', weight: 25, act: (random) => this.#continueOne(random) },
    { name: 'an alarm goes off', weight: 15, act: (random) => this.#setAlarm(random.pick(alarmNames), 'ALARM') },
    { name: 'take a role away', weight: 12, act: () => trustEcs(this.#system, false) },
    { name: 'give the role back', weight: 12, act: () => trustEcs(this.#system, true) },
    { name: 'change a security group', weight: 12, act: (random) => this.#securityGroups.change(random) },
    { name: 'an alarm is over', weight: 15, act: (random) => this.#setAlarm(random.pick(alarmNames), 'OK') },
  ];

  async prepare(): Promise<void> {
    await prepareRoles(this.#system, this.#client);
    for (const AlarmName of alarmNames) {
      await this.#client.call(
        'PutMetricAlarm',
        {
          AlarmName,
          MetricName: 'errors',
          Namespace: 'sim',
          Statistic: 'Sum',
          ComparisonOperator: 'GreaterThanThreshold',
          EvaluationPeriods: 1,
          Period: 60,
          Threshold: 1,
        },
        { service: 'monitoring' },
      );
    }
  }

  async act(random: SimRandom): Promise<void> {
    const action = pickAction(random, this.actions);
    this.#system.saw(`user: ${action.name}`);
    await action.act(random);
  }

  async bringBack(): Promise<void> {
    await this.#setInstances('ACTIVE');
  }

  async giveRolesBack(): Promise<void> {
    await trustEcs(this.#system, true);
  }

  async quietAlarms(): Promise<void> {
    for (const name of alarmNames) await this.#setAlarm(name, 'OK');
  }

  async #setAlarm(AlarmName: string, StateValue: 'ALARM' | 'OK'): Promise<void> {
    const input = { AlarmName, StateValue, StateReason: 'workload' };
    await this.#client.call('SetAlarmState', input, { service: 'monitoring' });
  }

  /** Sets one instance or all, and looks at what all of them have left. */
  async #setInstances(status: 'ACTIVE' | 'DRAINING', random?: SimRandom): Promise<void> {
    const listed = await this.#client.call('ListContainerInstances', { cluster });
    const arns = listIn(listed, 'containerInstanceArns');
    if (arns.length === 0) return;
    const containerInstances = random ? [random.pick(arns)] : arns;
    await this.#client.call('UpdateContainerInstancesState', { cluster, containerInstances, status });
    const described = await this.#client.call('DescribeContainerInstances', { cluster, containerInstances: arns });
    const text = JSON.stringify(described?.['containerInstances']);
    if (/"integerValue":-/.test(text)) {
      this.#system.fail('capacity is never over-committed', `an instance has less than nothing left: ${text}`);
    }
  }

  async #continueOne(random: SimRandom): Promise<void> {
    for (const deployment of this.#system.durable.serviceDeployments.all()) {
      const hook = deployment.stages?.hooks.find(({ status }) => status === 'AWAITING_ACTION');
      if (deployment.finishedAt !== undefined || !hook) continue;
      await this.#client.call(
        'ContinueServiceDeployment',
        {
          serviceDeploymentArn: deployment.arn,
          hookId: hook.hookId,
          action: random.pick(['CONTINUE', 'CONTINUE', 'ROLLBACK']),
        },
        { allowed: ['InvalidParameterException', 'ConflictException'] },
      );
      return;
    }
  }
}
