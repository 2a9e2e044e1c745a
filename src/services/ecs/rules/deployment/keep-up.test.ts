import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boundsOf } from './bounds.ts';
import { byArn, type Cohort, cohortsOf } from './cohort.ts';
import { keepUp, type KeepUpState } from './keep-up.ts';
import type { ServiceTask } from './service-task.ts';

/** h: healthy, w: running, not healthy yet, u: unhealthy, s: starting, x: stopping and still RUNNING. */
type Kind = 'h' | 'w' | 'u' | 's' | 'x';

/** Capitals are tasks of the wanted deployment, small letters of an older one; `!` after one protects it, `~` drains it. */
function tasksOf(text: string): readonly ServiceTask[] {
  const tasks: ServiceTask[] = [];
  for (const [letter = '', kindLetter = '', marks = ''] of text.matchAll(/([hwusx])([!~]*)/gi)) {
    tasks.push(
      taskOf(`${tasks.length}-${letter}`, kindOf(kindLetter), {
        deploymentId: kindLetter === kindLetter.toUpperCase() ? 'new' : 'old',
        isProtected: marks.includes('!'),
        isDraining: marks.includes('~'),
      }),
    );
  }
  return tasks;
}

function kindOf(letter: string): Kind {
  const kind = (['h', 'w', 'u', 's', 'x'] as const).find((known) => known === letter.toLowerCase());
  assert(kind);
  return kind;
}

function taskOf(arn: string, kind: Kind, more: Partial<ServiceTask> = {}): ServiceTask {
  return {
    arn,
    deploymentId: 'new',
    phase: kind === 's' ? 'STARTING' : kind === 'x' ? 'STOPPING' : 'RUNNING',
    isCounted: true,
    health: kind === 'h' ? 'HEALTHY' : kind === 'u' ? 'UNHEALTHY' : 'WAITING',
    isProtected: false,
    isDraining: false,
    ...more,
  };
}

function stateOf(desiredCount: number, percents: readonly [number, number], more: Partial<KeepUpState>): KeepUpState {
  return {
    desiredCount,
    ...boundsOf(desiredCount, 'REPLICA', { minimumHealthyPercent: percents[0], maximumPercent: percents[1] }),
    cohorts: [],
    isWanted: (task) => task.deploymentId === 'new',
    mayStart: true,
    isRollout: true,
    unplaced: 0,
    most: 64,
    // Least missed first, as scale-in has it.
    chooseToStop: (cohorts: readonly Cohort[], count) =>
      cohorts
        .flatMap(({ tasks }) => tasks)
        .toSorted(byArn)
        .filter((task) => !task.isProtected)
        .toSorted((a, b) => Number(a.health === 'HEALTHY') - Number(b.health === 'HEALTHY'))
        .slice(0, count),
    ...more,
  };
}

test('the bounds are of the desired count, the lower rounded up and the upper down', () => {
  const cases: readonly (readonly [desired: number, min: number, max: number, lower: number, upper: number])[] = [
    [6, 50, 150, 3, 9],
    [5, 50, 150, 3, 7],
    [1, 50, 150, 1, 1],
    [3, 34, 133, 2, 3],
    [7, 100, 200, 7, 14],
    [29, 100, 100, 29, 29],
    [0, 100, 200, 0, 0],
  ];
  for (const [desired, minimumHealthyPercent, maximumPercent, lower, upper] of cases) {
    assert.deepEqual(boundsOf(desired, 'REPLICA', { minimumHealthyPercent, maximumPercent }), { lower, upper });
  }
  assert.deepEqual(boundsOf(4, 'REPLICA', {}), { lower: 4, upper: 8 });
  assert.deepEqual(boundsOf(4, 'DAEMON', {}), { lower: 0, upper: 4 });
});

test('what is started and stopped next', () => {
  type Case = readonly [
    what: string,
    desired: number,
    percents: readonly [number, number],
    tasks: string,
    decision: string,
    more?: Partial<KeepUpState>,
  ];
  const steady = { isRollout: false };
  const four = { deploymentId: 'old', desiredCount: 4, mayStart: true };
  const hadFour = { sources: [four] };
  const waiting = { sources: [{ ...four, desiredCount: 3 }], mayStart: false };
  const cases: readonly Case[] = [
    ['a new service', 3, [100, 200], '', '+3'],
    ['what is on its way is there', 3, [100, 200], 'SWH', '+0'],
    ['all there', 3, [100, 200], 'HHH', '+0 settled'],
    ['not all healthy yet', 3, [100, 200], 'HHW', '+0'],
    ['one is still stopping', 3, [100, 200], 'HHHX', '+0'],
    ['too many: those that serve least go', 2, [100, 200], 'HSHW', '+0 -1 -3'],
    ['too many, but protected', 1, [100, 200], 'H!H!', '+0 held'],
    ['too many, some protected', 1, [100, 200], 'H!HH!', '+0 -1'],
    ['a roll-out starts all it may', 4, [100, 200], 'hhhh', '+4'],
    ['and stops none before new ones are healthy', 4, [100, 200], 'hhhhSSWW', '+0'],
    ['then one for each', 4, [100, 200], 'hhhhSWHH', '+0 -0 -1'],
    ['as many as fit', 4, [100, 150], 'hhhh', '+2'],
    ['no room left: within the lower bound old ones make it', 4, [50, 100], 'hhhh', '+0 -0 -1'],
    ['what serves beyond the desired goes, healthy new ones count', 4, [100, 150], 'hhhHHH', '+0 -0 -1'],
    ['new ones that come make up for it', 4, [50, 100], 'hhSS', '+0'],
    ['room that is being made is waited for', 4, [50, 100], 'hhxx', '+0'],
    ['old ones that do not run yet go at once', 4, [100, 200], 'hsss', '+4 -1 -2 -3'],
    ['old ones whose health fails go at once', 4, [100, 200], 'huhh', '+4 -1!'],
    ['old ones not known healthy are no reason to stop all', 2, [100, 200], 'ww', '+2'],
    ['neither side can move', 1, [100, 100], 'h', '+0 stuck'],
    ['rounding leaves no room either', 1, [50, 150], 'h', '+0 stuck'],
    ['not stuck: something is on its way', 2, [100, 100], 'hw', '+0'],
    ['of those that serve beyond the desired the least missed goes', 2, [100, 150], 'hHw', '+0 -2'],
    ['protected old tasks stay', 2, [100, 200], 'h!hHH', '+0 -1'],
    ['protection is not the bounds fault', 1, [0, 100], 'h!', '+0'],
    ['unhealthy new tasks of a roll-out go at once', 2, [100, 200], 'hhUW', '+0 -2!'],
    ['and their replacements come as there is room', 2, [100, 300], 'hhUW', '+1 -2!'],
    ['a settled service starts the replacement first', 2, [100, 200], 'HU', '+1', steady],
    ['keeps the failing one until then', 2, [100, 200], 'HUW', '+0', steady],
    ['and then stops it', 2, [100, 200], 'HUH', '+0 -1!', steady],
    ['no room beside it: the failing one first', 2, [50, 100], 'HU', '+0 -1!', steady],
    ['one at a time', 2, [50, 100], 'UU', '+0 -0!', steady],
    ['the next when nothing is on its way', 2, [50, 100], 'UW', '+0', steady],
    ['protection does not cover failed health checks', 1, [0, 100], 'U!', '+0 -0!', steady],
    ['waiting for launches, what fails stays', 2, [100, 200], 'HU', '+0', { ...steady, mayStart: false }],
    ['and old tasks go on serving', 2, [0, 100], 'hh', '+0', { mayStart: false }],
    ['an instance drains: replacements first', 2, [100, 200], 'HH~', '+1', steady],
    ['then its task goes', 2, [100, 200], 'HH~H', '+0 -1', steady],
    ['a starting one goes at once', 2, [100, 200], 'HS~', '+1 -1', steady],
    ['without room it goes first', 2, [50, 100], 'HH~', '+0 -1', steady],
    ['without room and within no bound it stays', 2, [100, 100], 'HH~', '+0 stuck', steady],
    ['what the lower bound does not need goes at once, room or not', 4, [50, 200], 'hhhh', '+4 -0 -1'],
    ['without a lower bound all of it', 4, [0, 200], 'hhhhSSS', '+1 -0 -1 -2 -3'],
    ['and the rest as new ones get healthy', 4, [50, 200], 'hhSSSH', '+0 -0'],
    ['an instance drains: as many as are not needed go with it', 4, [50, 200], 'HHH~H~', '+2 -2 -3', steady],
    ['what ends of the source is replaced by one of it, first', 4, [100, 200], 'hhh', '+4 old+1', hadFour],
    ['as far as there is room', 4, [100, 150], 'hhhSS', '+0 old+1', hadFour],
    ['and not while it waits', 4, [100, 200], 'hhh', '+4', { sources: [{ ...four, mayStart: false }] }],
    [
      'a new deployment that has failed is no reason not to',
      4,
      [100, 200],
      'hhh',
      '+0 old+1',
      { ...hadFour, mayStart: false },
    ],
    ['its failed health checks do not wait for the new one', 4, [100, 200], 'hhhuSSSS', '+0 -3!', hadFour],
    ['what replaces it stays while it is needed', 4, [100, 200], 'hhhsSSSS', '+0', hadFour],
    ['and goes when new ones serve', 4, [100, 200], 'hhhsSSSH', '+0 -3', hadFour],
    ['without a lower bound nothing is replaced', 4, [0, 200], 'hhh', '+4 -0 -1 -2', hadFour],
    ['what drains of it is replaced by it where no new one may come', 3, [100, 150], 'hh~h~', '+0 old+1', waiting],
    ['until the replacement is healthy nothing goes, nor does it', 3, [100, 150], 'hh~h~w', '+0', waiting],
    ['then what drains', 3, [100, 150], 'hh~h~h', '+0 -1', waiting],
    ['nothing is wanted', 0, [100, 200], 'Hsw', '+0 -1 -2 -0'],
  ];
  for (const [what, desired, percents, text, expected, more = {}] of cases) {
    const decision = keepUp(stateOf(desired, percents, { cohorts: cohortsOf(tasksOf(text)), ...more }));
    const words = [
      `+${decision.start}`,
      ...decision.startOfSources.map(({ deploymentId, start }) => `${deploymentId}+${start}`),
      ...decision.stop.map(({ task, why }) => `-${task.arn.split('-')[0]}${why === 'UNHEALTHY' ? '!' : ''}`),
      ...(decision.isStuck ? ['stuck'] : []),
      ...(decision.isHeldByProtection ? ['held'] : []),
      ...(decision.isSettled ? ['settled'] : []),
    ];
    assert.equal(words.join(' '), expected, `${what}: ${text} for ${desired} at ${percents.join('/')}`);
  }
});

test('whatever tasks do, no bound is broken, and when they behave all comes to rest as desired', () => {
  const counts = fc.integer({ min: 0, max: 9 });
  const percents = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 100, max: 220 }));
  const outcomes = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
    minLength: 40,
    maxLength: 200,
  });
  fc.assert(
    fc.property(counts, counts, percents, outcomes, fc.boolean(), (before, desired, [min, max], chances, isRollout) => {
      let drawn = 0;
      const chance = (): number => chances[drawn++ % chances.length] ?? 0;
      let made = 0;
      const make = (kind: Kind, deploymentId: string): ServiceTask => taskOf(`t${(made += 1)}`, kind, { deploymentId });
      let tasks: readonly ServiceTask[] = Array.from({ length: before }, () =>
        make('h', chance() < 0.5 ? 'old' : 'new'),
      );
      const state = (more: Partial<KeepUpState> = {}): KeepUpState =>
        stateOf(desired, [min, max], { cohorts: cohortsOf(tasks), isRollout, ...more });
      const round = (behaves: boolean): boolean => {
        const now = state({ unplaced: 0 });
        const decision = keepUp(now);
        const placed = behaves || chance() < 0.8 ? decision.start : Math.floor(decision.start / 2);
        const { stop } = placed < decision.start ? keepUp(state({ unplaced: decision.start - placed })) : decision;
        const counted = tasks.filter((task) => task.isCounted).length;
        assert(placed === 0 || counted + placed <= now.upper, `${counted} + ${placed} of at most ${now.upper}`);
        const stopping = new Map(stop.map(({ task, why }) => [task.arn, why]));
        assert.equal(stopping.size, stop.length, 'each is stopped once');
        const healthy = tasks.filter((task) => task.health === 'HEALTHY' && task.phase !== 'STOPPING');
        const left = healthy.filter((task) => !stopping.has(task.arn)).length;
        assert(left === healthy.length || left >= now.lower, `${left} of at least ${now.lower}`);
        const moved = tasks.flatMap((task) => {
          if (stopping.has(task.arn)) return [{ ...task, phase: 'STOPPING' as const }];
          return moveOn(task, behaves ? 0.5 : chance());
        });
        const isStill = placed === 0 && stop.length === 0 && moved.every((task, at) => task === tasks[at]);
        tasks = [...moved, ...Array.from({ length: placed }, () => make('s', 'new'))];
        return isStill && moved.length === tasks.length;
      };
      for (let number = 0; number < 30; number += 1) round(false);
      let rounds = 0;
      while (!round(true)) assert((rounds += 1) < 200, 'it comes to rest');
      const end = keepUp(state());
      assert.deepEqual([end.start, end.stop], [0, []]);
      if (end.isStuck) {
        // The bounds allow neither side to move: nothing but another configuration helps.
        assert(boundsOf(desired, 'REPLICA', { minimumHealthyPercent: min, maximumPercent: max }).upper <= tasks.length);
        return;
      }
      assert(end.isSettled, tasks.map((task) => `${task.deploymentId} ${task.phase} ${task.health}`).join(', '));
      assert.equal(tasks.length, desired);
    }),
    { numRuns: 500 },
  );
});

/** What becomes of a task in one round: at one half it does as it should. */
function moveOn(task: ServiceTask, chance: number): readonly ServiceTask[] {
  if (task.phase === 'STOPPING') return chance < 0.8 ? [] : [{ ...task, isCounted: false }];
  if (chance < 0.1) return [];
  if (task.phase === 'STARTING') return chance < 0.7 ? [{ ...task, phase: 'RUNNING' }] : [task];
  if (chance > 0.9) return [{ ...task, health: 'UNHEALTHY' }];
  return task.health === 'WAITING' && chance < 0.7 ? [{ ...task, health: 'HEALTHY' }] : [task];
}
