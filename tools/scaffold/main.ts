// npm run scaffold -- SERVICE Operation: writes the two files of a new operation and says what to add to the manifest.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packages: Readonly<Record<string, string>> = {
  ecs: 'ecs',
  logs: 'cloudwatch-logs',
  cloudwatch: 'cloudwatch',
  ec2: 'ec2',
  sts: 'sts',
  iam: 'iam',
  kms: 'kms',
  secretsmanager: 'secrets-manager',
  ssm: 'ssm',
  s3: 's3',
  ecr: 'ecr',
  'ecr-public': 'ecr-public',
  efs: 'efs',
};

const [service = '', operation = ''] = process.argv.slice(2);
const sdkPackage = packages[service];
if (!sdkPackage || !/^[A-Z][A-Za-z0-9]+$/.test(operation)) {
  process.stderr.write(
    `usage: npm run scaffold -- SERVICE Operation, with SERVICE one of ${Object.keys(packages).join(', ')}\n`,
  );
  process.exit(2);
}
const { model } = (await import(`../../src/aws/models/${service}.gen.ts`)) as {
  model: { operations: Record<string, unknown> };
};
if (!(operation in model.operations)) {
  process.stderr.write(`${operation} is not an operation of ${service}\n`);
  process.exit(2);
}

const camel = operation.charAt(0).toLowerCase() + operation.slice(1);
const kebab = operation.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
const file = join(root, 'src/services', service, 'operations', `${kebab}.ts`);
if (existsSync(file)) {
  process.stderr.write(`${file} is there already\n`);
  process.exit(2);
}
mkdirSync(dirname(file), { recursive: true });
writeFileSync(
  file,
  `import type { ${operation}CommandInput, ${operation}CommandOutput } from '@aws-sdk/client-${sdkPackage}';
import type { Operation } from '../../../aws/operation.ts';

export const ${camel}: Operation<${operation}CommandInput, Omit<${operation}CommandOutput, '$metadata'>> = (input, { call, store }) =>
  store.update((tx, env) => {
    throw new Error('write what ${operation} does');
  });
`,
);
const test = file.replace(/\.ts$/, '.test.ts');
writeFileSync(
  test,
  `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ${camel} } from './${kebab}.ts';

test('${operation} does what its callers expect', () => {
  assert.fail(\`write what \${${camel}.name} is expected to do\`);
});
`,
);
execFileSync(join(root, 'node_modules/.bin/biome'), ['format', '--write', file, test], { cwd: root, stdio: 'ignore' });
process.stdout.write(`wrote operations/${kebab}.ts and its test. Add to src/services/${service}/service.ts:
    import { ${camel} } from './operations/${kebab}.ts';
    ${operation}: ${camel},
and to permissions.ts beside it what the operation asks of IAM, unless that is its own name on every resource.
`);
