import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildShellImage } from '../../src/app/shell-image.ts';
import { realClock } from '../../src/world/real/real-clock.ts';
import { realDocker } from '../../src/world/real/real-docker.ts';
import { type DockerCommands, dockerSuite } from './docker-suite.ts';

const docker = realDocker();
const image = 'longshore-worlds:shell';

describe('the real world', () => {
  before(async () => {
    if (!(await docker.inspectImage(image))) await buildShellImage(docker, image);
  });

  after(() => docker.removeImage(image));

  test('lines of a terminal and lines longer than an entry of the engine come whole', async () => {
    const long = "printf '%040000d' 0; echo; echo end";
    for (const Tty of [false, true]) {
      const name = `longshore-worlds-${process.pid}-long-${Tty}`;
      const id = await docker.createContainer(name, {
        Image: image,
        Cmd: ['sh', '-c', long],
        Tty,
        HostConfig: { NetworkMode: 'none' },
      });
      try {
        await docker.startContainer(id);
        const lines: string[] = [];
        for await (const line of docker.logs(id, { follow: true }, new AbortController().signal)) {
          assert.match(line.timestamp, /^\d{4}-.*Z$/);
          lines.push(new TextDecoder().decode(line.text));
        }
        assert.deepEqual(
          lines.map(({ length }) => length),
          [40_000, 3],
          `with ${Tty ? 'a' : 'no'} terminal`,
        );
        assert.equal(lines[0], '0'.repeat(40_000));
      } finally {
        await docker.removeContainer(id, { force: true, volumes: true });
      }
    }
  });

  let fixtures = 0;
  dockerSuite(async () => {
    fixtures += 1;
    const prefix = `longshore-worlds-${process.pid}-${fixtures}`;
    return {
      docker,
      clock: realClock(),
      image,
      prefix,
      commands,
      run: (body) => body(),
      end: async () => {
        for (const { Id } of await docker.listContainers([`longshore.test=${prefix}`])) {
          await docker.removeContainer(Id, { force: true, volumes: true });
        }
        const network = await docker.inspectNetwork(`${prefix}-net`);
        if (network) await docker.removeNetwork(network.Id);
      },
    };
  });
});

// The first process of a container has no default actions: without a trap SIGTERM does nothing to a shell there.
const stay = "trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done";

const commands: DockerCommands = {
  runForever: ['sh', '-c', stay],
  ignoreSigterm: ['sh', '-c', "trap '' TERM; while :; do sleep 1; done"],
  exitWith: (code) => ['sh', '-c', `exit ${code}`],
  print: (lines, errorLines) => ['sh', '-c', `${printing(lines)} ${printing(errorLines).replaceAll(';', ' >&2;')}`],
  printAndStay: (lines) => ['sh', '-c', `${printing(lines)} ${stay}`],
};

function printing(lines: readonly string[]): string {
  return lines.map((line) => `echo '${line}';`).join(' ');
}
