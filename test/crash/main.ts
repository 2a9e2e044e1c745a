// npm run crash -- --rounds N [--seed S]: kills the server, the agent or both with SIGKILL at random moments under load,
// starts them again, and counts what was acknowledged, what of it is there, and which containers were disturbed.
import { parseArgs } from 'node:util';
import { eventually } from '../running/eventually.ts';
import { docker, ensureTestImage } from '../running/engine.ts';
import { temporaryDirectory } from '../running/server.ts';
import { Installation } from './installation.ts';
import { type Acknowledged, Workload } from './workload.ts';
import { verify } from './verify.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
});
const rounds = Number(values.rounds);
const random = mulberry32(Number(values.seed));

const directory = await temporaryDirectory();
await ensureTestImage();
const installation = new Installation(directory.path);
const acknowledged: Acknowledged = { clusters: [], taskDefinitions: [], tasks: [], longLived: [] };
let problems: readonly string[] = [];
try {
  await installation.start();
  const workload = new Workload(installation.client, acknowledged);
  await workload.prepare();
  for (let round = 1; round <= rounds && problems.length === 0; round += 1) {
    const victims = (['server', 'agent', 'both'] as const)[Math.floor(random() * 3)] ?? 'both';
    const afterMs = 20 + Math.floor(random() * 700);
    const load = workload.run();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await installation.kill(victims);
    workload.stop();
    await load;
    await installation.start();
    problems = await verify(installation.client, acknowledged);
    process.stdout.write(
      `round ${round} of ${rounds}: killed ${victims} after ${afterMs} ms; acknowledged so far: ` +
        `${acknowledged.clusters.length} clusters, ${acknowledged.taskDefinitions.length} definitions, ${acknowledged.tasks.length} tasks; ` +
        `${problems.length === 0 ? 'all found, none disturbed' : `${problems.length} PROBLEMS`}\n`,
    );
  }
} finally {
  await installation.end();
  await eventually('the removal of the containers', async () => {
    const left = await docker.listContainers(['com.amazonaws.ecs.cluster']);
    const own = left.filter((container) =>
      acknowledged.tasks.some((task) => task.arn === container.Labels['com.amazonaws.ecs.task-arn']),
    );
    for (const container of own) await docker.removeContainer(container.Id, { force: true, volumes: true });
    return own.length === 0 ? true : undefined;
  });
  await directory.remove();
}
if (problems.length > 0) process.stdout.write(`logs of the last run:\n${installation.log()}\n`);
for (const problem of problems) process.stdout.write(`  ${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** A small generator, so that a run can be made again by its seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
