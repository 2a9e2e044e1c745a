// The README's second command: sets up what is missing and runs every check and test. `.ci/run` calls the same.
// `npm test -- FILE…` runs only these test files.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBundle } from './bundle.mjs';
import {
  ensureAwsCli,
  ensureBoto3,
  ensureDockerRegistry,
  ensureEngine,
  ensureFirewall,
  ensurePackages,
  pinnedNode,
  root,
  runTool,
  say,
  stopEngine,
} from './setup.mjs';

await runTool(async () => {
  ensurePackages();
  const node = pinnedNode();
  ensureBundle();
  const enginePid = await ensureEngine();
  try {
    ensureFirewall();
    ensureAwsCli();
    ensureDockerRegistry();
    ensureBoto3();
    const files = process.argv.slice(2);
    return files.length > 0 ? runSteps([['tests', node, ['--test', ...files]]]) : runSteps(allSteps(node));
  } finally {
    if (enginePid) await stopEngine(enginePid);
  }
});

function allSteps(node) {
  const bin = (name) => join(root, 'node_modules', '.bin', name);
  const tests = testFiles();
  // The tests that share the one engine run one after another, after the rest: their containers disturb each other's timing.
  const engine = tests.filter((file) => /^test\/(docker|conformance|worlds)\//.test(file));
  const rest = tests.filter((file) => !engine.includes(file));
  return [
    ['types', bin('tsc'), ['-p', 'tsconfig.json']],
    ['types of the pure folders', bin('tsc'), ['-p', 'tsconfig.pure.json']],
    ['lint', bin('oxlint'), ['--type-aware', 'src', 'sim', 'test', 'bench', 'tools']],
    ['format', bin('biome'), ['format']],
    ['tests', node, ['--test', '--test-concurrency=2', ...rest]],
    ['tests with the engine', node, ['--test', '--test-concurrency=1', ...engine]],
    ['simulation, 100 seeds', node, ['sim/main.ts', '--seeds', '100']],
    ['crash, 30 rounds', node, ['test/crash/main.ts', '--rounds', '30']],
  ];
}

/** Runs the steps in order, all of them, and tells at the end which failed. */
function runSteps(steps) {
  const failed = [];
  for (const [name, command, args] of steps) {
    say(`${name} …`);
    const started = Date.now();
    const result = spawnSync(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        NODE_COMPILE_CACHE: join(root, '.cache', 'compile'),
        PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
      },
    });
    say(`${name}: ${result.status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (result.status !== 0) failed.push(name);
  }
  if (failed.length > 0) say(`failed: ${failed.join(', ')}`);
  process.stdout.write(`\n${steps.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}

function testFiles() {
  return ['src', 'sim', 'test', 'tools']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .toSorted((a, b) => (a < b ? -1 : 1));
}
