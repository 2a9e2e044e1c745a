import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DockerEvent } from '../world/docker.ts';
import { observeDeath } from './observe.ts';
import type { ContainerRecord } from './state.ts';

const running: ContainerRecord = {
  name: 'app',
  dockerName: 'ecs-app',
  hasImage: true,
  id: 'c1',
  phase: 'running',
  startedAt: 1000,
  restarts: 0,
  bindings: [],
};

function died(exitCode: string | undefined, atMs: number, id = 'c1'): DockerEvent {
  const Attributes: Record<string, string> = exitCode === undefined ? {} : { exitCode };
  return { Action: 'die', Actor: { ID: id, Attributes }, timeNano: atMs * 1_000_000 };
}

test('the event of an end tells the exit code and the time', () => {
  assert.deepEqual(observeDeath(running, died('3', 2000)), {
    ...running,
    phase: 'exited',
    exitCode: 3,
    finishedAt: 2000,
  });
});

test('an end of an earlier run, of another container, by a signal or without a code leaves the engine to be asked', () => {
  assert.equal(observeDeath(running, died('3', 999)), undefined);
  assert.equal(observeDeath(running, died('3', 2000, 'c2')), undefined);
  assert.equal(observeDeath(running, died('137', 2000)), undefined);
  assert.equal(observeDeath(running, died(undefined, 2000)), undefined);
  assert.equal(observeDeath({ ...running, phase: 'created' }, died('3', 2000)), undefined);
});
