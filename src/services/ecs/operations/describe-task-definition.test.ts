import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs } from '../open-ecs.test.ts';
import { deregisterTaskDefinition } from './deregister-task-definition.ts';
import { describeTaskDefinition } from './describe-task-definition.ts';
import { registerTaskDefinition } from './register-task-definition.ts';

const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 128 }];

test('a family is its latest ACTIVE revision, a revision and an ARN are themselves', async () => {
  const ecs = await openEcs();
  // Past ten revisions, so that order as text would give another answer; and with neighbours on both sides.
  for (const family of ['we', 'web-2', 'web']) {
    for (let round = 1; round <= 12; round += 1)
      await ecs.ask(registerTaskDefinition, { family, containerDefinitions });
  }
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:12' });
  const revisionOf = async (taskDefinition: string): Promise<number | undefined> =>
    (await ecs.ask(describeTaskDefinition, { taskDefinition })).taskDefinition?.revision;
  assert.equal(await revisionOf('web'), 11);
  assert.equal(await revisionOf('web:2'), 2);
  assert.equal(await revisionOf('arn:aws:ecs:us-east-1:123456789012:task-definition/web:10'), 10);
  const inactive = (await ecs.ask(describeTaskDefinition, { taskDefinition: 'web:12' })).taskDefinition;
  assert.equal(inactive?.status, 'INACTIVE');
  assert.ok(inactive?.deregisteredAt instanceof Date);
});

test('what is not there cannot be described', async () => {
  const ecs = await openEcs();
  await ecs.ask(registerTaskDefinition, { family: 'web', containerDefinitions });
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:1' });
  for (const taskDefinition of ['web', 'web:2', 'job', 'job:1']) {
    await ecs.refuses(
      describeTaskDefinition,
      { taskDefinition },
      'ClientException',
      'Unable to describe task definition.',
    );
  }
  await ecs.refuses(
    describeTaskDefinition,
    { taskDefinition: 'web:x' },
    'InvalidParameterException',
    'Invalid revision number. Number: x',
  );
  await ecs.refuses(describeTaskDefinition, { taskDefinition: 'a b' }, 'ClientException');
});

test('deregistering needs a revision that exists and may be repeated', async () => {
  const ecs = await openEcs();
  await ecs.ask(registerTaskDefinition, { family: 'web', containerDefinitions });
  await ecs.refuses(deregisterTaskDefinition, { taskDefinition: 'web' }, 'ClientException', 'Revision is missing.');
  await ecs.refuses(deregisterTaskDefinition, { taskDefinition: 'web:2' }, 'ClientException', /does not exist/);
  const first = await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:1' });
  await ecs.clock.advance(1_000);
  assert.deepEqual(await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:1' }), first);
});
