// npm run coverage: which operations of each service's model are built.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

for (const service of ['sts', 'logs', 'cloudwatch', 'ec2', 'ecs']) {
  const { model } = (await import(`../../src/aws/models/${service}.gen.ts`)) as {
    model: { operations: Record<string, unknown> };
  };
  const names = Object.keys(model.operations).sort();
  const built = names.filter((name) => {
    const kebab = name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
    return existsSync(join(root, 'src/services', service, 'operations', `${kebab}.ts`));
  });
  process.stdout.write(`${service}: ${built.length} of ${names.length}\n`);
  for (const name of built) process.stdout.write(`  ${name}\n`);
}
