import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import type { StageState } from '../../service-tables.ts';
import type { Kept } from '../../tables.ts';
import { endHook } from './hooks.ts';
import { canRollBack, firstStage, fleetWishes, nextStage, type StageFacts, type StageMove } from './stages.ts';
import { productionSteps } from './traffic.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const blueGreen: Kept<DeploymentConfiguration> = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 };

/** A service whose fleets do at once what is wanted and whose traffic follows, under a clock that is turned by hand. */
class Deployment {
  state: StageState;
  facts: StageFacts;
  now = 0;
  readonly trail: string[] = [];
  rollback: string | undefined;
  end: StageMove['end'];
  #ids = 0;

  constructor(configuration: Kept<DeploymentConfiguration>, facts: Partial<StageFacts> = {}) {
    const first = firstStage(configuration, facts.hasSource === false ? 0 : 1, 0);
    assert(first);
    this.state = first;
    this.facts = {
      configuration,
      hasSource: true,
      shiftsTestTraffic: true,
      desiredCount: 4,
      target: { active: 0, healthy: 0 },
      source: { active: 4, healthy: 4 },
      others: { active: 0, healthy: 0 },
      areOthersHeld: false,
      traffic: undefined,
      failure: undefined,
      sourceFailure: undefined,
      ...facts,
    };
    this.#note();
  }

  /** One look. True when something has changed. */
  look(): boolean {
    const move = nextStage(this.state, this.facts, this.now, () => `hook-${++this.#ids}`);
    if (move.rollback !== undefined) this.rollback = move.rollback;
    const hasMoved = move.state !== this.state || move.end !== undefined;
    this.state = move.state;
    this.end = move.end;
    this.#note();
    if (move.lookAt !== undefined) this.lookAt = move.lookAt;
    return hasMoved;
  }
  lookAt: number | undefined;

  /** Looks until nothing moves; the fleets become what is wanted of them. */
  settle(): this {
    for (let looks = 0; looks < 500 && !this.end; looks += 1) {
      const hasMoved = this.look();
      const hasScaled = this.#scale();
      if (!hasMoved && !hasScaled) return this;
    }
    assert(this.end, 'a deployment settles');
    return this;
  }

  after(ms: number): this {
    this.now += ms;
    return this.settle();
  }

  see(facts: Partial<StageFacts>): this {
    this.facts = { ...this.facts, ...facts };
    return this;
  }

  answer(status: 'SUCCEEDED' | 'FAILED'): this {
    const open = this.state.hooks.find((hook) => hook.status === 'IN_PROGRESS' || hook.status === 'AWAITING_ACTION');
    assert(open, 'a hook is open');
    this.state = endHook(this.state, open.hookId, status, this.now);
    return this.settle();
  }

  get stage(): string {
    return this.state.stage;
  }

  #scale(): boolean {
    const wishes = fleetWishes(this.state, this.facts);
    let hasScaled = false;
    for (const name of ['target', 'source', 'others'] as const) {
      const wish = wishes[name];
      const size = wish === 'none' ? 0 : wish === 'full' ? this.facts.desiredCount : this.facts[name].active;
      if (size === this.facts[name].active) continue;
      this.facts = { ...this.facts, [name]: { active: size, healthy: size } };
      hasScaled = true;
    }
    return hasScaled;
  }

  #note(): void {
    const { stage, productionWeight, testWeight, isRollingBack } = this.state;
    const line = `${isRollingBack ? '← ' : ''}${stage} ${productionWeight}/${testWeight}`;
    if (this.trail.at(-1) !== line) this.trail.push(line);
  }
}

describe('the stages of a deployment', () => {
  test('blue/green shifts test traffic, then production at once, bakes and cleans up', () => {
    const deployment = new Deployment(blueGreen).settle();
    assert.equal(deployment.stage, 'BAKE_TIME');
    assert.deepEqual(deployment.facts.source, { active: 4, healthy: 4 }, 'both fleets run while it bakes');
    assert.equal(deployment.lookAt, 5 * minute);
    deployment.after(5 * minute - 1);
    assert.equal(deployment.end, undefined);
    deployment.after(1);
    assert.deepEqual(deployment.end, { status: 'SUCCESSFUL' });
    assert.equal(deployment.facts.source.active, 0);
    assert.deepEqual(deployment.trail, [
      'PRE_SCALE_UP 0/0',
      'SCALE_UP 0/0',
      'POST_SCALE_UP 0/0',
      'TEST_TRAFFIC_SHIFT 0/100',
      'POST_TEST_TRAFFIC_SHIFT 0/100',
      'PRODUCTION_TRAFFIC_SHIFT 0/100',
      'PRODUCTION_TRAFFIC_SHIFT 100/100',
      'POST_PRODUCTION_TRAFFIC_SHIFT 100/100',
      'BAKE_TIME 100/100',
      'CLEAN_UP 100/100',
    ]);
  });

  test('a linear deployment shifts step by step, each baked but the last', () => {
    const configuration: Kept<DeploymentConfiguration> = {
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 33.3, stepBakeTimeInMinutes: 2 },
    };
    const deployment = new Deployment(configuration).settle();
    for (const weight of [33.3, 66.6, 99.9]) {
      assert.equal(deployment.state.productionWeight, weight);
      deployment.after(2 * minute - 1);
      assert.equal(deployment.state.productionWeight, weight);
      deployment.after(1);
    }
    assert.deepEqual(deployment.end, { status: 'SUCCESSFUL' });
    assert.equal(deployment.state.productionWeight, 100);
  });

  test('a canary bakes at its share and then takes all', () => {
    const configuration: Kept<DeploymentConfiguration> = {
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: 2.5, canaryBakeTimeInMinutes: 3 },
      bakeTimeInMinutes: 1,
    };
    const deployment = new Deployment(configuration).settle();
    assert.equal(deployment.state.productionWeight, 2.5);
    deployment.after(3 * minute);
    assert.equal(deployment.state.productionWeight, 100);
    assert.equal(deployment.stage, 'BAKE_TIME');
    deployment.after(minute);
    assert.equal(deployment.end?.status, 'SUCCESSFUL');
  });

  for (const [configuration, weights] of [
    [{ strategy: 'BLUE_GREEN' }, [100]],
    [{ strategy: 'LINEAR' }, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
    [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 40 } }, [40, 80, 100]],
    [{ strategy: 'LINEAR', linearConfiguration: { stepPercent: 100 } }, [100]],
    [{ strategy: 'CANARY' }, [5, 100]],
    [{ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 100 } }, [100]],
  ] as const) {
    test(`traffic of ${JSON.stringify(configuration)} goes by ${weights.join(', ')}`, () => {
      assert.deepEqual(productionSteps(configuration).weights, weights);
    });
  }

  test('a rolling deployment has no stages', () => {
    assert.equal(firstStage({ strategy: 'ROLLING' }, 1, 0), undefined);
    assert.equal(firstStage({}, 1, 0), undefined);
  });

  test('what earlier deployments left is stopped first, once no traffic goes to it', () => {
    const traffic = { target: { production: 0, test: 0 }, others: { production: 30, test: 0 } };
    const deployment = new Deployment(blueGreen, { others: { active: 4, healthy: 4 }, traffic });
    const first = firstStage(blueGreen, 2, 0);
    assert(first);
    deployment.state = first;
    deployment.settle();
    assert.equal(deployment.stage, 'RECONCILE_SERVICE');
    assert.equal(deployment.facts.others.active, 4, 'it still serves');
    deployment.see({ traffic: { ...traffic, others: { production: 0, test: 0 } } }).settle();
    assert.equal(deployment.facts.others.active, 0);
    assert.notEqual(deployment.stage, 'RECONCILE_SERVICE');
  });

  test('green takes no traffic before all of it is healthy, and waits for a task that died in between', () => {
    const deployment = new Deployment(blueGreen);
    deployment.state = { ...deployment.state, stage: 'SCALE_UP' };
    deployment.see({ target: { active: 4, healthy: 3 } });
    assert.equal(deployment.look(), false);
    deployment.see({ target: { active: 4, healthy: 4 } });
    deployment.state = { ...deployment.state, stage: 'PRODUCTION_TRAFFIC_SHIFT' };
    deployment.see({ target: { active: 4, healthy: 3 } });
    assert.equal(deployment.look(), false);
    assert.equal(deployment.state.productionWeight, 0);
    deployment.see({ target: { active: 4, healthy: 4 } });
    assert.equal(deployment.look(), true);
    assert.equal(deployment.state.productionWeight, 100);
  });

  test('a shift is done when traffic is seen to be there', () => {
    const traffic = { target: { production: 0, test: 0 }, others: { production: 0, test: 0 } };
    const deployment = new Deployment(blueGreen, { traffic }).settle();
    assert.equal(deployment.stage, 'TEST_TRAFFIC_SHIFT');
    deployment.see({ traffic: { ...traffic, target: { production: 0, test: 100 } } }).settle();
    assert.deepEqual([deployment.stage, deployment.state.productionWeight], ['PRODUCTION_TRAFFIC_SHIFT', 100]);
    deployment.see({ traffic: { ...traffic, target: { production: 100, test: 100 } } }).settle();
    assert.equal(deployment.stage, 'BAKE_TIME');
  });

  test('without a way for test traffic there is none to shift', () => {
    const deployment = new Deployment(blueGreen, { shiftsTestTraffic: false }).settle();
    assert.deepEqual([deployment.stage, deployment.state.testWeight], ['BAKE_TIME', 0]);
  });

  test('a first deployment does not bake: there is no second fleet', () => {
    const deployment = new Deployment(blueGreen, { hasSource: false, source: { active: 0, healthy: 0 } }).settle();
    assert.deepEqual(deployment.end, { status: 'SUCCESSFUL' });
    assert.ok(!deployment.trail.some((line) => line.startsWith('BAKE_TIME')));
  });
});

describe('the fleets', () => {
  const stands = (stage: StageState['stage'], isRollingBack = false): StageState => ({
    stage,
    stageStartedAt: 0,
    productionWeight: 0,
    testWeight: 0,
    step: 0,
    hooks: [],
    isRollingBack,
  });
  const elsewhere = { target: { production: 0, test: 0 }, others: { production: 10, test: 0 } };

  for (const [stage, target, source] of [
    ['RECONCILE_SERVICE', 'hold', 'full'],
    ['PRE_SCALE_UP', 'hold', 'full'],
    ['SCALE_UP', 'full', 'full'],
    ['POST_SCALE_UP', 'full', 'full'],
    ['TEST_TRAFFIC_SHIFT', 'full', 'full'],
    ['POST_TEST_TRAFFIC_SHIFT', 'full', 'full'],
    ['PRODUCTION_TRAFFIC_SHIFT', 'full', 'full'],
    ['POST_PRODUCTION_TRAFFIC_SHIFT', 'full', 'full'],
    ['BAKE_TIME', 'full', 'full'],
    ['CLEAN_UP', 'full', 'none'],
  ] as const) {
    test(`at ${stage} green is ${target} and blue is ${source}`, () => {
      assert.deepEqual(fleetWishes(stands(stage), { traffic: undefined }), { target, source, others: 'none' });
    });
  }

  test('on the way back blue is full, and green gets no new tasks and goes last', () => {
    assert.deepEqual(fleetWishes(stands('PRODUCTION_TRAFFIC_SHIFT', true), { traffic: undefined }).target, 'hold');
    const last = fleetWishes(stands('CLEAN_UP', true), { traffic: undefined });
    assert.deepEqual(last, { target: 'none', source: 'full', others: 'none' });
  });

  test('nothing is stopped while traffic is not where it is wanted', () => {
    assert.deepEqual(fleetWishes(stands('CLEAN_UP', true), { traffic: elsewhere }), {
      target: 'hold',
      source: 'full',
      others: 'hold',
    });
    assert.equal(fleetWishes(stands('CLEAN_UP'), { traffic: elsewhere }).source, 'full');
  });
});

describe('the way back', () => {
  /** A deployment that has come as far as the stage. */
  function at(stage: string, configuration = blueGreen): Deployment {
    const deployment = new Deployment(configuration);
    for (let steps = 0; steps < 100 && deployment.stage !== stage; steps += 1) {
      if (!deployment.look()) deployment.see({ target: { active: 4, healthy: 4 } });
    }
    assert.equal(deployment.stage, stage);
    return deployment;
  }

  for (const [stage, back] of [
    ['PRE_SCALE_UP', ['← CLEAN_UP 0/0']],
    ['SCALE_UP', ['← CLEAN_UP 0/0']],
    ['POST_SCALE_UP', ['← CLEAN_UP 0/0']],
    ['TEST_TRAFFIC_SHIFT', ['← TEST_TRAFFIC_SHIFT 0/0', '← CLEAN_UP 0/0']],
    ['POST_TEST_TRAFFIC_SHIFT', ['← TEST_TRAFFIC_SHIFT 0/0', '← CLEAN_UP 0/0']],
    ['POST_PRODUCTION_TRAFFIC_SHIFT', ['← PRODUCTION_TRAFFIC_SHIFT 0/0', '← TEST_TRAFFIC_SHIFT 0/0', '← CLEAN_UP 0/0']],
    ['BAKE_TIME', ['← PRODUCTION_TRAFFIC_SHIFT 0/0', '← TEST_TRAFFIC_SHIFT 0/0', '← CLEAN_UP 0/0']],
  ] as const) {
    test(`an alarm at ${stage} takes traffic back at once and then stops green`, () => {
      const deployment = at(stage);
      deployment.see({ failure: 'alarm detected' });
      deployment.look();
      const { productionWeight, testWeight, isRollingBack } = deployment.state;
      assert.deepEqual(
        { productionWeight, testWeight, isRollingBack },
        { productionWeight: 0, testWeight: 0, isRollingBack: true },
      );
      assert.equal(deployment.rollback, 'alarm detected');
      deployment.settle();
      assert.deepEqual(deployment.end, { status: 'ROLLBACK_SUCCESSFUL' });
      assert.equal(deployment.facts.target.active, 0);
      assert.equal(deployment.facts.source.active, 4);
      assert.deepEqual(
        deployment.trail.filter((line) => line.startsWith('←')),
        back,
      );
    });
  }

  test('green is not stopped before traffic is seen to have left it', () => {
    const deployment = at('BAKE_TIME');
    const others = { production: 0, test: 0 };
    deployment.see({ failure: 'alarm detected', traffic: { target: { production: 100, test: 100 }, others } }).settle();
    assert.equal(deployment.facts.target.active, 4);
    deployment.see({ traffic: { target: { production: 0, test: 0 }, others } }).settle();
    assert.equal(deployment.facts.target.active, 0);
    assert.equal(deployment.end?.status, 'ROLLBACK_SUCCESSFUL');
  });

  test('once blue is being stopped nothing leads back', () => {
    const deployment = at('CLEAN_UP', { ...blueGreen, bakeTimeInMinutes: 0 });
    assert.equal(canRollBack(deployment.state), false);
    deployment.see({ failure: 'alarm detected' }).settle();
    assert.equal(deployment.end?.status, 'SUCCESSFUL');
  });

  test('a first deployment has nothing to go back to', () => {
    const deployment = new Deployment(blueGreen, { hasSource: false, source: { active: 0, healthy: 0 } });
    deployment.see({ failure: 'tasks failed to start' }).look();
    assert.deepEqual(deployment.end, {
      status: 'ROLLBACK_FAILED',
      reason: 'tasks failed to start. No rollback candidate was found to run the rollback',
    });
  });

  test('a roll-back fails when what it goes back to does not come up, once traffic is back', () => {
    const deployment = at('BAKE_TIME');
    deployment.see({ failure: 'alarm detected', source: { active: 4, healthy: 2 } }).settle();
    assert.equal(deployment.end, undefined);
    deployment.see({ sourceFailure: 'tasks failed to start' }).settle();
    assert.deepEqual(deployment.end, {
      status: 'ROLLBACK_FAILED',
      reason: 'tasks failed to start',
      failsSource: true,
    });
  });

  test('a roll-back fails when traffic does not come back within a day', () => {
    const deployment = at('BAKE_TIME');
    const others = { production: 0, test: 0 };
    deployment.see({ failure: 'alarm detected', traffic: { target: { production: 100, test: 100 }, others } }).settle();
    assert.equal(deployment.after(day - 1).end, undefined);
    assert.equal(deployment.after(1).end?.status, 'ROLLBACK_FAILED');
  });

  test('a stage that takes a day fails the deployment', () => {
    const deployment = at('SCALE_UP');
    deployment.facts = { ...deployment.facts, target: { active: 4, healthy: 3 } };
    deployment.look();
    deployment.now = day - 1;
    assert.equal(deployment.look(), false);
    deployment.now = day;
    assert.equal(deployment.look(), true);
    assert.equal(deployment.rollback, 'lifecycle stage SCALE_UP did not complete within 24 hours');
  });

  test('steps that bake for a day each do not count as one that takes too long', () => {
    const configuration: Kept<DeploymentConfiguration> = {
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1440 },
      bakeTimeInMinutes: 1440,
    };
    const deployment = new Deployment(configuration).settle().after(day).after(day);
    assert.equal(deployment.rollback, undefined);
    assert.equal(deployment.end?.status, 'SUCCESSFUL');
  });
});

describe('lifecycle hooks', () => {
  const pause = (lifecycleStages: readonly string[], more = {}): Kept<DeploymentConfiguration> =>
    ({
      ...blueGreen,
      lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages, ...more }],
    }) as Kept<DeploymentConfiguration>;
  const call = (...lifecycleStages: readonly string[]): Kept<DeploymentConfiguration> =>
    ({
      ...blueGreen,
      bakeTimeInMinutes: 0,
      lifecycleHooks: [{ hookTargetArn: 'arn:aws:lambda:us-east-1:123456789012:function:check', lifecycleStages }],
    }) as Kept<DeploymentConfiguration>;

  for (const stage of [
    'PRE_SCALE_UP',
    'POST_SCALE_UP',
    'POST_TEST_TRAFFIC_SHIFT',
    'PRE_PRODUCTION_TRAFFIC_SHIFT',
    'POST_PRODUCTION_TRAFFIC_SHIFT',
  ]) {
    const shown = stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 'PRODUCTION_TRAFFIC_SHIFT' : stage;
    test(`a pause at ${stage} waits for days and then goes on`, () => {
      const deployment = new Deployment(
        pause([stage], { timeoutConfiguration: { timeoutInMinutes: 20_160 } }),
      ).settle();
      assert.equal(deployment.stage, shown);
      deployment.after(13 * day);
      assert.equal(deployment.stage, shown);
      assert.equal(deployment.state.hooks[0]?.status, 'AWAITING_ACTION');
      deployment.answer('SUCCEEDED').after(5 * minute);
      assert.equal(deployment.end?.status, 'SUCCESSFUL');
    });

    test(`a pause at ${stage} that is not answered rolls back when its time is over`, () => {
      const deployment = new Deployment(pause([stage], { timeoutConfiguration: { timeoutInMinutes: 7 } })).settle();
      assert.equal(deployment.lookAt, deployment.state.hooks[0]?.expiresAt);
      deployment.after(7 * minute);
      assert.equal(deployment.rollback, `lifecycle hook at stage ${stage} timed out`);
      assert.equal(deployment.end?.status, 'ROLLBACK_SUCCESSFUL');
      assert.equal(deployment.state.hooks[0]?.status, 'TIMED_OUT');
    });
  }

  test('a pause may go on when its time is over', () => {
    const timeoutConfiguration = { timeoutInMinutes: 7, action: 'CONTINUE' };
    const deployment = new Deployment(pause(['POST_SCALE_UP'], { timeoutConfiguration })).settle();
    deployment.after(7 * minute);
    assert.equal(deployment.stage, 'BAKE_TIME');
    assert.equal(deployment.state.hooks[0]?.status, 'TIMED_OUT');
  });

  test('a pause without a time-out waits a day', () => {
    const deployment = new Deployment(pause(['POST_SCALE_UP'])).settle();
    deployment.after(day - 1);
    assert.equal(deployment.rollback, undefined);
    deployment.after(1);
    assert.equal(deployment.end?.status, 'ROLLBACK_SUCCESSFUL');
  });

  test('whoever pauses may ask to go back', () => {
    const deployment = new Deployment(pause(['POST_SCALE_UP'])).settle().answer('FAILED');
    assert.equal(deployment.rollback, 'rollback was requested at the lifecycle hook of stage POST_SCALE_UP');
    assert.equal(deployment.end?.status, 'ROLLBACK_SUCCESSFUL');
  });

  test('a hook that fails rolls back, and the shift is hooked again on its way', () => {
    const deployment = new Deployment(call('PRODUCTION_TRAFFIC_SHIFT')).settle();
    assert.equal(deployment.state.productionWeight, 100);
    deployment.answer('FAILED');
    assert.equal(deployment.rollback, 'hook execution failure(s) detected');
    assert.deepEqual([deployment.stage, deployment.state.productionWeight], ['PRODUCTION_TRAFFIC_SHIFT', 0]);
    assert.equal(deployment.facts.target.active, 4, 'the hook may still look at it');
    deployment.answer('FAILED');
    assert.equal(deployment.end?.status, 'ROLLBACK_SUCCESSFUL', 'what it says of the way back changes nothing');
    assert.deepEqual(
      deployment.state.hooks.map(({ isRollingBack }) => isRollingBack),
      [false, true],
    );
  });

  test('hooks of the shift run before and with every step', () => {
    const configuration = {
      ...call('PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'),
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
    } as const;
    const deployment = new Deployment(configuration).settle();
    const seen: (string | number)[][] = [];
    while (!deployment.end) {
      const { stage = '' } = deployment.state.hooks.at(-1) ?? {};
      seen.push([stage, deployment.state.productionWeight]);
      deployment.answer('SUCCEEDED');
    }
    assert.deepEqual(seen, [
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 0],
      ['PRODUCTION_TRAFFIC_SHIFT', 50],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 50],
      ['PRODUCTION_TRAFFIC_SHIFT', 100],
    ]);
  });

  test('several hooks of a stage run together and all must succeed', () => {
    const hook = { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] } as const;
    const deployment = new Deployment({ ...blueGreen, lifecycleHooks: [hook, hook] }).settle();
    assert.equal(deployment.state.hooks.length, 2);
    deployment.answer('SUCCEEDED');
    assert.equal(deployment.stage, 'POST_SCALE_UP');
    deployment.answer('SUCCEEDED');
    assert.equal(deployment.stage, 'BAKE_TIME');
  });
});

// --- whatever happens -------------------------------------------------------------------------------------------

const hookArbitrary = fc.record({
  targetType: fc.constantFrom('PAUSE' as const, 'AWS_LAMBDA' as const),
  hookTargetArn: fc.constant('arn:aws:lambda:us-east-1:123456789012:function:check'),
  lifecycleStages: fc.subarray([
    'PRE_SCALE_UP' as const,
    'POST_SCALE_UP' as const,
    'TEST_TRAFFIC_SHIFT' as const,
    'PRE_PRODUCTION_TRAFFIC_SHIFT' as const,
    'PRODUCTION_TRAFFIC_SHIFT' as const,
    'POST_PRODUCTION_TRAFFIC_SHIFT' as const,
  ]),
  timeoutConfiguration: fc.record({
    timeoutInMinutes: fc.integer({ min: 1, max: 1440 }),
    action: fc.constantFrom('ROLLBACK' as const, 'CONTINUE' as const),
  }),
});

const configurationArbitrary = fc.record({
  strategy: fc.constantFrom('BLUE_GREEN' as const, 'LINEAR' as const, 'CANARY' as const),
  bakeTimeInMinutes: fc.integer({ min: 0, max: 1440 }),
  linearConfiguration: fc.record({
    stepPercent: fc.integer({ min: 30, max: 1000 }).map((tenths) => tenths / 10),
    stepBakeTimeInMinutes: fc.integer({ min: 0, max: 1440 }),
  }),
  canaryConfiguration: fc.record({
    canaryPercent: fc.integer({ min: 1, max: 1000 }).map((tenths) => tenths / 10),
    canaryBakeTimeInMinutes: fc.integer({ min: 0, max: 1440 }),
  }),
  lifecycleHooks: fc.array(hookArbitrary, { maxLength: 2 }),
});

const eventArbitrary = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('scale', 'traffic', 'hook succeeds', 'time') },
  { weight: 1, arbitrary: fc.constantFrom('hook fails', 'alarm', 'green dies', 'blue dies', 'long time') },
);

test('whatever happens, traffic only goes to whole fleets, moves one way between shifts, and the deployment ends', () => {
  fc.assert(
    fc.property(
      configurationArbitrary,
      fc.boolean(),
      fc.boolean(),
      fc.array(eventArbitrary, { maxLength: 120 }),
      (configuration, carriesTraffic, hasOthers, events) => {
        const others = hasOthers ? { production: 40, test: 0 } : { production: 0, test: 0 };
        const deployment = new Deployment(configuration, {
          ...(carriesTraffic && { traffic: { target: { production: 0, test: 0 }, others } }),
          ...(hasOthers && { others: { active: 4, healthy: 4 } }),
        });
        const first = firstStage(configuration, hasOthers ? 2 : 1, 0);
        assert(first);
        deployment.state = first;
        const happen = (event: string): void => {
          const { facts, state } = deployment;
          const wishes = fleetWishes(state, facts);
          switch (event) {
            case 'scale':
              for (const name of ['target', 'source', 'others'] as const) {
                const size = { full: 4, none: 0, hold: facts[name].active }[wishes[name]];
                deployment.see({ [name]: { active: size, healthy: size } });
              }
              break;
            case 'traffic':
              if (facts.traffic) {
                const target = { production: state.productionWeight, test: state.testWeight };
                deployment.see({ traffic: { target, others: { production: 0, test: 0 } } });
              }
              break;
            case 'green dies':
              deployment.see({ target: { ...facts.target, healthy: Math.max(0, facts.target.healthy - 1) } });
              break;
            case 'blue dies':
              deployment.see({ source: { ...facts.source, healthy: Math.max(0, facts.source.healthy - 1) } });
              break;
            case 'alarm':
              deployment.see({ failure: 'alarm detected' });
              break;
            case 'time':
              deployment.now += 10 * minute;
              break;
            case 'long time':
              deployment.now += 20 * 60 * minute;
              break;
            default: {
              const open = state.hooks.find(({ status }) => status === 'IN_PROGRESS' || status === 'AWAITING_ACTION');
              const status = event === 'hook fails' ? 'FAILED' : 'SUCCEEDED';
              if (open) deployment.state = endHook(state, open.hookId, status, deployment.now);
            }
          }
        };
        const look = (): void => {
          const before = deployment.state;
          const { target } = deployment.facts;
          deployment.look();
          const { state: after } = deployment;
          const beginsBack = after.isRollingBack && !before.isRollingBack;
          if (!beginsBack) assert.ok(after.productionWeight >= before.productionWeight, 'traffic goes one way');
          if (after.isRollingBack)
            assert.equal(after.productionWeight + after.testWeight, 0, 'all traffic is asked back');
          if (after.productionWeight > before.productionWeight)
            assert.ok(target.healthy >= 4, 'green is whole before it takes more');
          const wishes = fleetWishes(after, deployment.facts);
          const seen = deployment.facts.traffic?.target ?? {
            production: after.productionWeight,
            test: after.testWeight,
          };
          const greenServes = Math.max(after.productionWeight, after.testWeight, seen.production, seen.test) > 0;
          const blueServes = Math.min(after.productionWeight, seen.production) < 100;
          if (greenServes && !deployment.end) assert.notEqual(wishes.target, 'none', 'green is kept while it serves');
          if (blueServes && !deployment.end) assert.equal(wishes.source, 'full', 'blue is kept while it serves');
          if ((deployment.facts.traffic?.others.production ?? 0) > 0) assert.notEqual(wishes.others, 'none');
          assert.ok(deployment.now >= 0);
        };
        for (const event of events) {
          if (deployment.end) break;
          happen(event);
          look();
        }
        // From here all goes well: it must come to an end.
        for (let rounds = 0; rounds < 400 && !deployment.end; rounds += 1) {
          for (const event of ['scale', 'traffic', 'hook succeeds', 'time']) {
            if (deployment.end) break;
            happen(event);
            look();
          }
          if (deployment.lookAt !== undefined && !deployment.end) {
            deployment.now = Math.max(deployment.now, deployment.lookAt);
          }
          deployment.lookAt = undefined;
        }
        assert.ok(deployment.end, `it ends, not at ${JSON.stringify(deployment.state)}`);
        const { status } = deployment.end;
        assert.equal(status === 'SUCCESSFUL', deployment.rollback === undefined);
      },
    ),
    { numRuns: 300 },
  );
});
