import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { AwsError } from '../../../aws/error.ts';
import type { Parsed } from '../../../aws/operation.ts';
import { anyValueOf } from '../rules/any-value.test.ts';
import { openServiceScene, type ServiceScene } from '../service-records.test.ts';
import { createService } from './create-service.ts';
import { updateService } from './update-service.ts';

const words = (
  'web web:1 default FARGATE FARGATE_SPOT EC2 EXTERNAL REPLICA DAEMON ECS CODE_DEPLOY ROLLING BLUE_GREEN LINEAR CANARY ' +
  'PAUSE POST_SCALE_UP CONTINUE COUNT BOUNDED_PERCENT LATEST 1.4.0 spread binpack random instanceId cpu distinctInstance ' +
  'memberOf SERVICE NONE ENABLED DISABLED'
)
  .split(' ')
  .concat(['', 'a b', 'attribute:ecs.availability-zone', 'attribute:ecs.instance-type == t3.small']);

/** Most of the members that the wire lets through are left out, or nothing would ever be right. */
function anyRequest<T extends object>(shape: string): fc.Arbitrary<Partial<T>> {
  return fc
    .tuple(anyValueOf(shape, words) as fc.Arbitrary<T>, fc.infiniteStream(fc.integer({ min: 0, max: 9 })))
    .map(([whole, chances]) => {
      const kept = Object.entries(whole).filter(() => chances.next().value === 0);
      return Object.fromEntries(kept) as Partial<T>;
    });
}

/** What is refused is refused by name; everything else is a bug of ours. */
async function answered<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error));
    assert.ok(error.code !== 'ServerException' && error.message.length > 0, error.message);
    return undefined;
  }
}

async function open(): Promise<ServiceScene> {
  const ecs = await openServiceScene();
  await ecs.create();
  return ecs;
}

test('a service that was taken is asked for again and is the same; no request breaks anything', async () => {
  const ecs = await open();
  let taken = 0;
  const runs = fc.asyncProperty(anyRequest<Parsed<CreateServiceRequest>>('CreateServiceRequest'), async (more) => {
    const input = { taskDefinition: 'web', desiredCount: 1, ...more, serviceName: `s${taken}` };
    const created = await answered(ecs.ask(createService, input));
    if (!created) return;
    taken += 1;
    assert.deepEqual(await ecs.ask(createService, input), created);
  });
  await fc.assert(runs, { numRuns: 1500 });
  assert.ok(taken > 100, `${taken} requests were right`);
});

test('no update breaks anything, and one that was taken changes nothing the second time', async () => {
  const ecs = await open();
  let taken = 0;
  const runs = fc.asyncProperty(anyRequest<Parsed<UpdateServiceRequest>>('UpdateServiceRequest'), async (more) => {
    const input = { ...more, service: 'web', cluster: 'default', forceNewDeployment: false };
    const updated = await answered(ecs.ask(updateService, input));
    if (!updated) return;
    taken += 1;
    assert.deepEqual(await ecs.ask(updateService, input), updated);
    assert.equal(ecs.shown().filter(({ status }) => status === 'PRIMARY').length, 1);
  });
  await fc.assert(runs, { numRuns: 1500 });
  assert.ok(taken > 100, `${taken} requests were right`);
});
