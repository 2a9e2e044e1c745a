import { describe } from 'node:test';
import { MemoryJournal } from '../../src/world/sim/memory-journal.ts';
import { SimClock } from '../../src/world/sim/sim-clock.ts';
import { simWorld } from '../../src/world/sim/sim-world.ts';
import { chanceSuite } from './chance-suite.ts';
import { clockSuite } from './clock-suite.ts';
import { diskSuite } from './disk-suite.ts';
import { type DockerCommands, dockerSuite } from './docker-suite.ts';
import type { Fixture } from './fixture.ts';
import { journalSuite } from './journal-suite.ts';
import { netSuite } from './net-suite.ts';

/** The simulated bodies of the ports pass the suites that the real ones pass, with latencies and without. */
for (const latencies of [false, true]) {
  describe(`simulated world ${latencies ? 'with latencies' : 'without latencies'}`, () => {
    chanceSuite(async () => fixtureOf(latencies));
    clockSuite(async () => fixtureOf(latencies));
    diskSuite(async () => ({ ...fixtureOf(latencies), directory: '/srv/longshore' }));
    netSuite(async () => fixtureOf(latencies));
    dockerSuite(async () => ({
      ...fixtureOf(latencies),
      image: 'busybox:latest',
      prefix: 'suite',
      commands: shellCommands,
    }));
    journalSuite(async () => {
      const clock = new SimClock();
      const journal = new MemoryJournal(clock, latencies ? { commitMs: () => 2 } : {});
      return { ...runOn(clock), open: async () => journal.open() };
    });
  });
}

function fixtureOf(latencies: boolean) {
  const sim = simWorld('port suites', { latencies });
  return { ...sim.addHost('machine').boot(), ...runOn(sim.clock) };
}

function runOn(clock: SimClock): Fixture {
  return { run: (body) => clock.runUntilSettled(body()), end: async () => undefined };
}

const shellCommands: DockerCommands = {
  runForever: ['sh', '-c', "trap 'exit 0' TERM; while true; do sleep 1; done"],
  ignoreSigterm: ['sh', '-c', "trap '' TERM; while true; do sleep 1; done"],
  exitWith: (code) => ['sh', '-c', `exit ${code}`],
  print: (lines, errorLines) => [
    'sh',
    '-c',
    [...lines.map((line) => `echo '${line}'`), ...errorLines.map((line) => `echo '${line}' >&2`)].join('; '),
  ],
  printAndStay: (lines) => ['sh', '-c', `${lines.map((line) => `echo '${line}'`).join('; ')}; sleep 3600`],
};
