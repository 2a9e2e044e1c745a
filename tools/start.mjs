// The README's first command: sets up what is missing, starts Longshore, runs the demo against it, and keeps it running.
// Arguments go to `longshore up`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBundle } from './bundle.mjs';
import { ensureAwsCli, ensureEngine, ensureFirewall, ensurePackages, root, runTool, say } from './setup.mjs';

await runTool(async () => {
  ensurePackages();
  ensureBundle();
  const enginePid = await ensureEngine();
  if (enginePid) say(`dockerd runs with pid ${enginePid} and stays when Longshore ends, so that tasks go on.`);
  ensureFirewall();
  ensureAwsCli();

  const longshore = join(root, 'bin', 'longshore');
  const upArguments = process.argv.slice(2);
  const server = spawn(longshore, ['up', ...upArguments], { stdio: ['inherit', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.on('exit', (code) => resolve(code ?? 1)));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));

  // `up` prints its first line when it is ready.
  const ready = new Promise((resolve) => {
    server.stdout.on('data', (data) => {
      process.stdout.write(data);
      resolve('ready');
    });
  });
  if ((await Promise.race([ready, ended])) !== 'ready') return await ended;

  const dataDirectory = upArguments.includes('--data-dir')
    ? ['--data-dir', upArguments[upArguments.indexOf('--data-dir') + 1]]
    : [];
  const demo = spawn(longshore, ['demo', ...dataDirectory], { stdio: 'inherit' });
  const demoCode = await Promise.race([new Promise((resolve) => demo.on('exit', (code) => resolve(code ?? 1))), ended]);
  if (demoCode !== 0) {
    say('the demo failed; its own message is above. Longshore is stopped.');
    server.kill('SIGTERM');
    await ended;
    return 1;
  }
  say(
    'Longshore goes on running. Press Ctrl-C to stop it; in another terminal: ' +
      `eval "$(npx longshore ${['env', ...dataDirectory].join(' ')})"`,
  );
  return await ended;
});
