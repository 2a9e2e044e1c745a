// The README's second command: sets up what is missing and runs every check and test. `.ci/run` calls the same.
// `npm test -- FILE…` runs only these test files.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBundle } from './bundle.mjs';
import { runSteps } from './run-steps.mjs';
import {
  SetupError,
  ensureAwsCli,
  ensureBoto3,
  ensureDockerCli,
  ensureDockerRegistry,
  ensureEngine,
  ensureFirewall,
  ensureIp,
  ensurePackages,
  pinnedNode,
  root,
  runTool,
  stopEngine,
} from './setup.mjs';

/** A test that hangs is ended and named, long before whoever runs all this ends it without a word. */
const testTimeoutMs = 600_000;

await runTool(async () => {
  const files = process.argv.slice(2);
  // Node runs what is there of the files it is given, and is content with none.
  const missing = files.filter((file) => !existsSync(join(root, file)) && !existsSync(file));
  if (missing.length > 0) throw new SetupError(`there is no ${missing.join(', ')}`);
  ensurePackages();
  const node = pinnedNode();
  ensureBundle();
  const enginePid = await ensureEngine();
  try {
    ensureFirewall();
    ensureIp();
    ensureDockerCli();
    ensureAwsCli();
    ensureDockerRegistry();
    ensureBoto3();
    return await runSteps(files.length > 0 ? [testStep('tests', node, [files])] : allSteps(node));
  } finally {
    if (enginePid) await stopEngine(enginePid);
  }
});

function allSteps(node) {
  const bin = (name) => join(root, 'node_modules', '.bin', name);
  const tests = testFiles();
  const engine = tests.filter((file) => /^test\/(docker\/|worlds\/.*docker)/.test(file));
  const rest = tests.filter((file) => !engine.includes(file));
  // Agents on one machine share 169.254.170.2, and the one that holds it leaves the others half a second without when it
  // ends: tests with agents run one after another, and those without beside them. tools/tidy.test.ts holds who has none.
  const withAgents = engine.filter((file) => /^test\/docker\/[^/]+$/.test(file));
  const others = engine.filter((file) => !withAgents.includes(file));
  const program = (name, command, ...args) => ({ name, command, args });
  return [
    program('types', bin('tsc'), '-p', 'tsconfig.json'),
    program('types of the pure folders', bin('tsc'), '-p', 'tsconfig.pure.json'),
    program('lint', bin('oxlint'), '--type-aware', 'src', 'sim', 'test', 'bench', 'tools'),
    program('format', bin('biome'), 'format'),
    testStep('tests', node, [rest], 2),
    testStep('tests with the engine', node, [withAgents, others]),
    program('simulation, 100 seeds', node, 'sim/main.ts', '--seeds', '100'),
    program('crash, 30 rounds', node, 'test/crash/main.ts', '--rounds', '30'),
  ];
}

function testStep(name, command, lanes, concurrency = 1) {
  return { name, command, args: [`--test-concurrency=${concurrency}`, `--test-timeout=${testTimeoutMs}`], lanes };
}

function testFiles() {
  return ['src', 'sim', 'test', 'tools']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .toSorted((a, b) => (a < b ? -1 : 1));
}
