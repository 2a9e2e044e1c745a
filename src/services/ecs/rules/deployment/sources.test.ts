import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cohortsOf } from './cohort.ts';
import type { ServiceTask } from './service-task.ts';
import { type Source, sourceNeeds } from './sources.ts';

/**
 * By deployment, a letter for each task: h healthy, w running, u unhealthy, s starting, x stopping; `~` on a draining
 * instance, `^` there and protected.
 */
function cohortsIn(text: string) {
  const tasks: ServiceTask[] = [];
  for (const [, deploymentId = '', letters = ''] of text.matchAll(/(\w+):([hwusx~^]+)/g)) {
    for (const [, kind = '', mark = ''] of letters.matchAll(/([hwusx])([~^]?)/g)) {
      tasks.push({
        arn: `${tasks.length}`.padStart(2, '0'),
        deploymentId,
        phase: kind === 's' ? 'STARTING' : kind === 'x' ? 'STOPPING' : 'RUNNING',
        isCounted: true,
        health: kind === 'h' ? 'HEALTHY' : kind === 'u' ? 'UNHEALTHY' : 'WAITING',
        isProtected: mark === '^',
        isDraining: mark !== '',
      });
    }
  }
  return cohortsOf(tasks);
}

const source = (deploymentId: string, desiredCount: number): Source => ({ deploymentId, desiredCount, mayStart: true });

test('what fails of a source is replaced while it is needed, and what is not needed any more does not come back', () => {
  const cases: readonly (readonly [what: string, had: number, tasks: string, needed: number, expected: string])[] = [
    ['all there', 4, 'old:hhhh', 4, 'misses 0, keeps 0 starting, of 4'],
    ['one has ended', 4, 'old:hhh', 4, 'misses 1, keeps 0 starting, of 4'],
    ['one is asked to stop by its user', 4, 'old:hhhx', 4, 'misses 1, keeps 0 starting, of 4'],
    ['one fails its health checks', 4, 'old:hhhu', 4, 'misses 1, keeps 0 starting, of 4'],
    ['its replacement is on its way', 4, 'old:hhhs', 4, 'misses 0, keeps 1 starting, of 4'],
    ['and runs, not healthy yet', 4, 'old:hhhw', 4, 'misses 0, keeps 0 starting, of 4'],
    ['all have ended', 4, 'none', 2, 'misses 2, keeps 0 starting, of 2'],
    ['new ones serve instead', 4, 'old:hhh', 3, 'misses 0, keeps 0 starting, of 3'],
    ['nor does one that is starting stay', 4, 'old:hhhs', 3, 'misses 0, keeps 0 starting, of 3'],
    ['nothing is needed of it any more', 4, 'old:hhh', 0, 'misses 0, keeps 0 starting, of 3'],
    ['what it never had it does not get', 1, 'old:h', 4, 'misses 0, keeps 0 starting, of 1'],
    ['nor what was starting when it was left', 1, 'old:hss', 4, 'misses 0, keeps 0 starting, of 1'],
  ];
  for (const [what, had, tasks, needed, expected] of cases) {
    const [need] = sourceNeeds([source('old', had)], cohortsIn(tasks), needed, { countsDraining: true });
    const words = `misses ${need?.missing}, keeps ${need?.keptStarting} starting, of ${need?.desiredCount}`;
    assert.equal(words, expected, `${what}: ${tasks}`);
  }
});

test('several sources share what is needed, and what others of them serve counts', () => {
  const sources = [source('one', 3), source('two', 2)];
  const missing = (tasks: string, needed: number) =>
    sourceNeeds(sources, cohortsIn(tasks), needed, { countsDraining: true }).map((need) => need.missing);
  assert.deepEqual(missing('one:hh two:h', 5), [1, 1]);
  assert.deepEqual(missing('one:hh two:h', 4), [1, 0]);
  assert.deepEqual(missing('one:hhh two:h', 5), [0, 1]);
  assert.deepEqual(missing('one:h two:hh left:hh', 5), [0, 0]);
});

test('a task on an instance that drains serves until a new one comes, and is replaced where none may', () => {
  const missing = (countsDraining: boolean) =>
    sourceNeeds([source('old', 2)], cohortsIn('old:hh~'), 2, { countsDraining })[0]?.missing;
  assert.equal(missing(true), 0);
  assert.equal(missing(false), 1);
});

test('a protected task on an instance that drains stays, so that nothing is to be started for it', () => {
  const [need] = sourceNeeds([source('old', 2)], cohortsIn('old:hh^'), 2, { countsDraining: false });
  assert.equal(need?.missing, 0);
});
