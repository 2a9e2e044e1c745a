import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs } from './open-ecs.test.ts';
import { addServiceEvent, serviceMessage } from './service-events.ts';
import { serviceEvents } from './service-tables.ts';

const service = { arn: 'arn:aws:ecs:us-east-1:123456789012:service/default/web', createdAt: 0 };
const hourMs = 60 * 60 * 1000;

async function openEvents() {
  const ecs = await openEcs();
  return {
    add: async (message: string, options = {}) =>
      await ecs.store.update((tx, env) => addServiceEvent(tx, env, service, message, options)),
    messages: () =>
      ecs.store.view((reader) =>
        Array.from(reader.find(serviceEvents, 'service', service.arn), ({ message }) => message),
      ),
    wait: async (ms: number) => await ecs.clock.advance(ms),
  };
}

test('a message that is the newest already is not told again for six hours', async () => {
  const events = await openEvents();
  await events.add('full');
  await events.add('full');
  await events.wait(6 * hourMs - 1);
  await events.add('full');
  assert.deepEqual(events.messages(), ['full']);
  await events.wait(1);
  await events.add('full');
  assert.deepEqual(events.messages(), ['full', 'full']);
});

test('another message in between lets the first be told again', async () => {
  const events = await openEvents();
  for (const message of ['full', 'steady', 'full']) await events.add(message);
  assert.deepEqual(events.messages(), ['full', 'steady', 'full']);
});

test('what lasts is told once, in whatever words, until it has ended or six hours have passed', async () => {
  const events = await openEvents();
  const unplaced = (what: string): string =>
    `(service web) was unable to place a task because no container instance met all of its requirements. ${what}`;
  await events.add(unplaced('No memory.'));
  await events.add('(service web) has started 1 tasks: (task a).');
  await events.add(unplaced('No CPU.'));
  assert.deepEqual(events.messages().length, 2);
  await events.add(serviceMessage.steadyState('web'));
  await events.add(unplaced('No CPU.'));
  assert.deepEqual(events.messages().length, 4, 'it had ended');
  await events.wait(6 * hourMs);
  await events.add(serviceMessage.startedTasks('web', ['b']));
  await events.add(unplaced('No CPU.'));
  assert.deepEqual(events.messages().length, 6, 'six hours have passed');
  await events.add(serviceMessage.startedTasks('web', ['c']));
  await events.add(unplaced('No memory.'), { isNew: true });
  assert.deepEqual(events.messages().length, 8, 'it had ended without a word');
});

test('the hundred newest events of a service are kept, in order', async () => {
  const events = await openEvents();
  for (let number = 1; number <= 250; number += 1) await events.add(`event ${number}`);
  const expected = Array.from({ length: 100 }, (_, index) => `event ${index + 151}`);
  assert.deepEqual(events.messages(), expected);
});

test('messages have the words that clients and people look for', () => {
  assert.equal(serviceMessage.startedTasks('web', ['a', 'b']), '(service web) has started 2 tasks: (task a) (task b).');
  assert.equal(serviceMessage.steadyState('web'), '(service web) has reached a steady state.');
  assert.equal(
    serviceMessage.deploymentFailed('web', 'ecs-svc/1', 'tasks failed to start'),
    '(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.',
  );
});
