import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../aws/error.ts';
import type { Answer, Call, Operation, Parsed } from '../../aws/operation.ts';
import type { Reconciler } from '../../control/reconciler.ts';
import { Runner } from '../../control/runner.ts';
import { simHash } from '../../world/sim/sim-hash.ts';
import { SimClock } from '../../world/sim/sim-clock.ts';
import { SimLog } from '../../world/sim/sim-log.ts';
import { SimRandom } from '../../world/sim/sim-random.ts';
import { openSimStore, type SimStore } from '../../world/sim/sim-store.ts';
import { cloudwatch } from '../cloudwatch/service.ts';
import { ec2 } from '../ec2/service.ts';
import { createRole } from '../iam/operations/create-role.ts';
import { iam } from '../iam/service.ts';
import { type EventInterest, everyEvent } from './outbox.ts';
import { createEcsParts, type EcsParts } from './parts.ts';
import { ecsService } from './service.ts';
import type { ContainerInstanceRecord, TaskRecord } from './tables.ts';

/** ECS, with the tables of EC2 beside it, over a store in memory, for the tests of its operations. */
export interface Ecs extends SimStore {
  readonly call: Call;
  /** Runs one operation as the root user of the account, or as another principal. */
  ask<Input, Output>(
    operation: Operation<Input, Output, EcsParts>,
    input: Parsed<Input>,
    principalArn?: string,
  ): Promise<Answer<Output>>;
  /** Checks that the operation is refused with the code, and with the message where given. */
  refuses<Input, Output>(
    operation: Operation<Input, Output, EcsParts>,
    input: Parsed<Input>,
    code: string,
    message?: string | RegExp,
  ): Promise<void>;
  /** Makes a role that the service (the tasks of ECS, where none is named) may assume, and gives its ARN. */
  role(name: string, service?: string): Promise<string>;
  /** Runs reconcilers (all of ECS where none are named) until nothing is left to do at once. */
  settle(reconcilers?: readonly Reconciler[]): Promise<void>;
}

const accountId = '123456789012';
const region = 'us-east-1';

export async function openEcs(wantsEvent: EventInterest = everyEvent): Promise<Ecs> {
  const clock = new SimClock({ dueRunsByItself: true });
  const log = new SimLog(clock);
  const parts = createEcsParts({ clock, random: new SimRandom(1), hash: simHash, log, wantsEvent });
  const { tables, projections, derivations = [], reconcilers } = ecsService(parts);
  const sim = await openSimStore({
    tables: [...tables, ...cloudwatch.tables, ...ec2.tables, ...iam.tables],
    projections,
    derivations,
    clock,
  });
  const call: Call = {
    accountId,
    region,
    requestId: '00000000-0000-0000-0000-000000000001',
    service: 'ecs',
    operation: '',
    principal: { arn: `arn:aws:iam::${accountId}:root`, accountId, accessKeyId: 'AKIDEXAMPLE', userId: accountId },
    endpoint: 'http://127.0.0.1:4566',
    sourceAddress: '127.0.0.1',
    receivedAt: sim.clock.now(),
  };
  const ask: Ecs['ask'] = async (operation, input, principalArn = call.principal.arn) =>
    await operation(input, {
      call: { ...call, principal: { ...call.principal, arn: principalArn } },
      store: sim.store,
      parts,
    });
  return {
    ...sim,
    call,
    ask,
    refuses: async (operation, input, code, message) => {
      await assert.rejects(ask(operation, input), (error) => {
        assert.ok(error instanceof AwsError, String(error));
        assert.equal(error.code, code, error.message);
        if (typeof message === 'string') assert.equal(error.message, message);
        else if (message) assert.match(error.message, message);
        return true;
      });
    },
    role: async (name, service = 'ecs-tasks.amazonaws.com') => {
      const { Role } = await createRole(
        {
          RoleName: name,
          AssumeRolePolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
          }),
        },
        { call, store: sim.store, parts: undefined },
      );
      return Role?.Arn ?? '';
    },
    settle: async (wanted = reconcilers) => {
      const runner = new Runner({ store: sim.store, clock: sim.clock, log, reconcilers: wanted });
      runner.start();
      await sim.clock.advance(1_000);
      await runner.stop();
    },
  };
}

/** A container instance of the `default` cluster. */
export function someInstance(more: Partial<ContainerInstanceRecord> = {}): ContainerInstanceRecord {
  const id = more.id ?? '00000000000000000000000000000001';
  return {
    accountId,
    region,
    arn: `arn:aws:ecs:${region}:${accountId}:container-instance/default/${id}`,
    id,
    clusterArn: `arn:aws:ecs:${region}:${accountId}:cluster/default`,
    capacity: 'EC2',
    ec2InstanceId: 'i-0123456789abcdef0',
    status: 'ACTIVE',
    agentConnected: true,
    agentConnectedChangedAt: 0,
    versionInfo: {},
    registeredResources: [],
    attributes: [],
    tags: [],
    registeredAt: 0,
    version: 1,
    reservedSequence: 0,
    registeredBy: `arn:aws:iam::${accountId}:root`,
    ...more,
  };
}

/** A running task of the `default` cluster. */
export function someTask(more: Partial<TaskRecord> = {}): TaskRecord {
  const id = more.id ?? 'a0000000000000000000000000000001';
  return {
    accountId,
    region,
    arn: `arn:aws:ecs:${region}:${accountId}:task/default/${id}`,
    id,
    clusterArn: `arn:aws:ecs:${region}:${accountId}:cluster/default`,
    clusterName: 'default',
    taskDefinitionArn: `arn:aws:ecs:${region}:${accountId}:task-definition/web:1`,
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
    lastStatus: 'RUNNING',
    containers: [],
    healthStatus: 'UNKNOWN',
    createdAt: 0,
    version: 1,
    ...more,
  };
}

test('the manifest opens a store', async () => {
  const ecs = await openEcs();
  assert.equal(ecs.call.region, region);
});
