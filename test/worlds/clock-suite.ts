import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Clock } from '../../src/world/world.ts';
import { type Fixture, type MakeFixture, signalOf, worldTest } from './fixture.ts';

export interface ClockFixture extends Fixture {
  readonly clock: Clock;
}

export function clockSuite(make: MakeFixture<ClockFixture>): void {
  describe('clock', () => {
    worldTest(make, 'the monotonic clock goes forward by at least what was slept', async ({ clock }) => {
      const before = clock.monotonicMs();
      await clock.sleep(20);
      const slept = clock.monotonicMs() - before;
      assert.ok(slept >= 20, `slept ${slept} ms`);
    });

    worldTest(make, 'wall time is a whole number of milliseconds after 2020', async ({ clock }) => {
      assert.ok(Number.isInteger(clock.now()));
      assert.ok(clock.now() > Date.UTC(2020, 0));
    });

    worldTest(make, 'timers fire once, in the order they are due', async ({ clock }) => {
      const fired: string[] = [];
      clock.after(40, () => fired.push('second'));
      clock.after(10, () => fired.push('first'));
      await clock.sleep(100);
      assert.deepEqual(fired, ['first', 'second']);
    });

    worldTest(make, 'a timer never fires before its delay', async ({ clock }) => {
      const start = clock.monotonicMs();
      const fired = signalOf<number>();
      clock.after(15, () => fired.give(clock.monotonicMs()));
      assert.ok((await fired.promise) - start >= 15);
    });

    worldTest(make, 'a cancelled timer never fires, and cancelling twice or late is harmless', async ({ clock }) => {
      let fired = 0;
      const early = clock.after(10, () => (fired += 1));
      const late = clock.after(10, () => (fired += 10));
      early.cancel();
      early.cancel();
      await clock.sleep(40);
      late.cancel();
      assert.equal(fired, 10);
    });

    worldTest(make, 'soon runs after the promises that are already due, in order', async ({ clock }) => {
      const order: string[] = [];
      const done = signalOf<void>();
      clock.soon(() => order.push('soon'));
      clock.soon(() => {
        order.push('sooner is not possible');
        done.give();
      });
      void Promise.resolve().then(() => order.push('promise'));
      order.push('now');
      await done.promise;
      assert.deepEqual(order, ['now', 'promise', 'soon', 'sooner is not possible']);
    });

    worldTest(make, 'sleep ends at once when its signal aborts, before or while it sleeps', async ({ clock }) => {
      const start = clock.monotonicMs();
      const controller = new AbortController();
      const sleeping = clock.sleep(600_000, controller.signal);
      clock.after(5, () => controller.abort());
      await sleeping;
      await clock.sleep(600_000, controller.signal);
      assert.ok(clock.monotonicMs() - start < 60_000);
    });
  });
}
