// Runs a TypeScript file on the pinned Node: node tools/with-node.mjs [node options] FILE [arguments]
import { spawn } from 'node:child_process';
import { ensureBundle } from './bundle.mjs';
import { ensurePackages, pinnedNode, root, runTool } from './setup.mjs';

await runTool(() => {
  ensurePackages();
  ensureBundle();
  return runNode(process.argv.slice(2));
});

/** Resolves to the exit code. Signals go to the child: it decides how to end. */
function runNode(args) {
  const child = spawn(pinnedNode(), args, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ? 1 : code)));
}
