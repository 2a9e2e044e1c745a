// Runs programs one after another, all of them, and says at the end what failed and why: there whoever opens the log of
// a CI run looks first.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, say } from './setup.mjs';

const reporter = fileURLToPath(new URL('test-outcome.mjs', import.meta.url));
const keptLines = 25;

/**
 * A step is `{ name, command, args }`; one with `lanes` runs the test files of each lane, the lanes side by side. Resolves to
 * the exit code.
 */
export async function runSteps(steps) {
  const failed = [];
  for (const step of steps) {
    say(`${step.name} …`);
    const started = Date.now();
    const { isPassed, report } = await (step.lanes ? runLanes(step) : runProgram(step));
    say(`${step.name}: ${isPassed ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (!isPassed) failed.push({ name: step.name, report });
  }
  for (const { name, report } of failed)
    process.stdout.write(`\nFAILED ${name}\n${report.replace(/^(?=.)/gm, '  ')}\n`);
  process.stdout.write(`\n${steps.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}

async function runProgram({ command, args }) {
  const { code, tail } = await runTeed(command, args);
  return { isPassed: code === 0, report: tail };
}

async function runLanes({ command, args, lanes }) {
  let before = Promise.resolve();
  const running = lanes.map((files, lane) => {
    const ended = runTests(command, args, files, lane, before);
    before = before.then(() => ended);
    return ended;
  });
  const ended = await Promise.all(running);
  const slowest = ended
    .flatMap(({ files }) => files)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 5);
  say(`the longest: ${slowest.map(({ file, seconds }) => `${file} ${seconds.toFixed(1)} s`).join(', ')}`);
  const failed = ended.filter(({ isPassed }) => !isPassed);
  return { isPassed: failed.length === 0, report: failed.map(({ report }) => report).join('\n') };
}

/** Says nothing until `turn`, so that what lanes say is not mixed. */
async function runTests(command, args, files, lane, turn) {
  const outcomePath = join(root, '.cache', `outcome-${process.pid}-${lane}.json`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  const reporters = [
    ['spec', 'stdout'],
    [reporter, outcomePath],
  ].flatMap(([name, destination]) => [`--test-reporter=${name}`, `--test-reporter-destination=${destination}`]);
  const { code, tail } = await runTeed(command, ['--test', ...reporters, ...args, ...files], turn);
  const outcome = readOutcome(outcomePath);
  rmSync(outcomePath, { force: true });
  const report = outcome.failures.length > 0 ? outcome.failures.map(failureText).join('\n') : tail;
  return { isPassed: code === 0, report, files: outcome.files };
}

/** Nothing is written where the run itself ended before its time. */
function readOutcome(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { failures: [], files: [] };
  }
}

function failureText({ file, line, name, reason }) {
  return `${file}:${line}  ${name}\n${reason.replace(/^(?=.)/gm, '    ')}`;
}

/** Passes its output on as it comes, from its turn on, and keeps the end of it. */
function runTeed(command, args, turn = Promise.resolve()) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(root, '.cache', 'compile'),
      PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
    },
  });
  let tail = '';
  let held = [];
  const pass = (to, data) => (held ? held.push([to, data]) : to.write(data));
  void turn.then(() => {
    for (const [to, data] of held) to.write(data);
    held = undefined;
  });
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.on('data', (data) => {
      pass(to, data);
      tail = `${tail}${data}`
        .split('\n')
        .slice(-keptLines - 1)
        .join('\n');
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: -1, tail: `${command}: ${error.message}` }));
    child.on('close', (code) => resolve({ code, tail: tail.trimEnd() }));
  });
}
