import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { container, task } from './agent-scene.test.ts';
import { chooseHostRanges, type HostRanges, nextHostRanges, rangesOf } from './host-ports.ts';

const ranged = container('app', '', {
  portMappings: [
    { containerPortRange: '7000-7003', protocol: 'tcp' },
    { containerPort: 80, protocol: 'tcp' },
    { containerPortRange: '9000-9499', protocol: 'udp' },
  ],
});

test('ranges get as many ports in a row, apart from each other and within the dynamic ports, however often asked', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 29 }), (random, times) => {
      let chosen: HostRanges | undefined = chooseHostRanges(task([ranged]), ranged, random);
      for (let time = 0; time < times && chosen; time += 1) chosen = nextHostRanges(ranged, chosen);
      assert.ok(chosen);
      const [small = 0, large = 0] = rangesOf(ranged).map(({ key }) => chosen?.first[key] ?? 0);
      assert.ok(small >= 49_153 && small + 3 < large && large + 499 <= 65_535, `${small} ${large}`);
    }),
  );
});

test('each refusal leads somewhere else, and at last nowhere', () => {
  const seen = new Set<number>();
  let chosen = chooseHostRanges(task([ranged]), ranged, 4711);
  for (; chosen; chosen = nextHostRanges(ranged, chosen)) seen.add(chosen.first['7000-7003/tcp'] ?? 0);
  assert.equal(seen.size, 31);
});

test('only bridge mode gives ports of the host', () => {
  assert.equal(chooseHostRanges(task([ranged], { networkMode: 'awsvpc' }), ranged, 1), undefined);
  assert.equal(chooseHostRanges(task([]), container('app', ''), 1), undefined);
});
