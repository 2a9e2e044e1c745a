// npm run tidy: formats, lints and type-checks.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensurePackages, root, runTool } from './setup.mjs';

await runTool(() => {
  ensurePackages();
  const steps = [
    ['biome', ['format', '--write']],
    ['oxlint', ['--type-aware', 'src', 'sim', 'test', 'bench', 'tools']],
    ['tsc', ['-p', 'tsconfig.json']],
    ['tsc', ['-p', 'tsconfig.pure.json']],
  ];
  const failed = steps.filter(
    ([name, args]) =>
      spawnSync(join(root, 'node_modules', '.bin', name), args, { cwd: root, stdio: 'inherit' }).status !== 0,
  );
  return failed.length === 0 ? 0 : 1;
});
