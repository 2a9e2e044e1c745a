// Keeps the house as ARCHITECTURE.md draws it: who imports whom, how files are named, what is not allowed anywhere.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = ['src', 'sim', 'test', 'bench', 'tools'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join(folder, name)),
);
const product = files.filter(
  (file) => file.startsWith('src/') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'),
);
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

/** The order of services: a service may import public.ts of those to its left. */
const serviceOrder = [
  'iam',
  'sts',
  'kms',
  'logs',
  'cloudwatch',
  's3',
  'secretsmanager',
  'ssm',
  'ecr',
  'ecr-public',
  'ec2',
  'efs',
  'ecs',
];

/** What a file may import, by the folder it is in. First match wins. Patterns are of paths, or of package names. */
const mayImport: readonly (readonly [folder: RegExp, allowed: readonly RegExp[]])[] = [
  [/^src\/core\//, [/^src\/core\//]],
  [/^src\/world\/[a-z-]+\.ts$/, [/^src\/core\//, /^src\/world\/[a-z-]+\.ts$/]],
  [/^src\/world\/sim\//, [/^src\/core\//, /^src\/world\/[a-z-]+\.ts$/, /^src\/world\/sim\//, /^src\/store\//]],
  [
    /^src\/world\/real\//,
    [
      /^src\/core\//,
      /^src\/world\/[a-z-]+\.ts$/,
      /^src\/world\/real\//,
      /^src\/store\/journal\.ts$/,
      /^node:/,
      /^(ws|tar-stream)$/,
    ],
  ],
  [/^src\/(store|control)\//, [/^src\/core\//, /^src\/world\/[a-z-]+\.ts$/, /^src\/store\//, /^src\/control\//]],
  [
    /^src\/aws\//,
    [/^src\/core\//, /^src\/store\//, /^src\/control\/reconciler\.ts$/, /^src\/world\/[a-z-]+\.ts$/, /^src\/aws\//],
  ],
  [/^src\/agent\//, [/^src\/core\//, /^src\/world\/[a-z-]+\.ts$/, /^src\/store\//, /^src\/agent\//]],
  [
    /^src\/services\/[^/]+\/rules\//,
    [
      /^src\/core\//,
      /^src\/aws\/(error|operation)\.ts$/,
      /^src\/agent\/contract\.ts$/,
      /^src\/dataplane\/[^/]+\/contract\.ts$/,
    ],
  ],
  [
    /^src\/services\//,
    [
      /^src\/core\//,
      /^src\/store\//,
      /^src\/aws\//,
      /^src\/control\//,
      /^src\/world\/[a-z-]+\.ts$/,
      /^src\/agent\/contract\.ts$/,
      /^src\/dataplane\/[^/]+\/contract\.ts$/,
    ],
  ],
  [/^src\/app\//, [/^src\/(?!cli\/)/, /^node:/, /^tar-stream$/]],
  [
    /^src\/cli\//,
    [/^src\/(core|app|world)\//, /^src\/aws\/(client|error)\.ts$/, /^src\/cli\//, /^node:/, /^commander$/],
  ],
];

test('imports follow the table', () => {
  const wrong: string[] = [];
  for (const file of product) {
    for (const { specifier, typeOnly } of importsOf(file)) {
      const target = specifier.startsWith('.') ? posix.join(dirname(file), specifier) : specifier;
      if (!allowed(file, target, typeOnly)) wrong.push(`${file} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('there are no import cycles', () => {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    assert.notEqual(state.get(file), 'open', `cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
    state.set(file, 'open');
    for (const { specifier, typeOnly } of importsOf(file)) {
      if (specifier.startsWith('.') && !typeOnly) visit(posix.join(dirname(file), specifier), [...path, file]);
    }
    state.set(file, 'done');
  };
  for (const file of product) visit(file, []);
});

test('files are named for one idea', () => {
  const banned = /(^|[-/])(utils?|helpers?|common|misc|types|constants|manager)\.ts$|\/index\.ts$/;
  for (const file of files) {
    assert.doesNotMatch(file, banned);
    assert.match(posix.basename(file), /^[a-z0-9]+([-.][a-z0-9]+)*\.(ts|tsx)$/, file);
  }
});

test('no barrels, no any, no non-null marks, no skipped or only tests', () => {
  for (const [file, source] of sources) {
    if (file.endsWith('.gen.ts') || file === 'tools/tidy.test.ts') continue;
    assert.doesNotMatch(source, /^export \* from/m, file);
    assert.doesNotMatch(withoutComments(source), /\bas any\b|: any\b/, file);
    assert.doesNotMatch(source, /\b(test|it|describe)\.(only|todo)\(/, file);
    assert.doesNotMatch(source, /\b(TODO|FIXME|XXX)\b/, file);
  }
});

test('tests that run beside those with agents start none', () => {
  for (const [file, source] of sources) {
    if (!file.startsWith('test/docker/agentless/')) continue;
    assert.doesNotMatch(source, /\bstart(Server|Longshore)\b|\/installation\.ts'/, file);
  }
});

test('every operation has a file of its own name and a line in its manifest', () => {
  for (const service of serviceOrder) {
    const folder = `src/services/${service}`;
    const manifest = sources.get(`${folder}/service.ts`) ?? '';
    for (const file of product.filter((name) => name.startsWith(`${folder}/operations/`))) {
      const camel = posix.basename(file, '.ts').replace(/-(.)/g, (_match, letter: string) => letter.toUpperCase());
      assert.match(manifest, new RegExp(`\\b${camel}\\b`), `${file} is in the manifest`);
    }
  }
});

/** Prose may say what code may not. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): readonly Import[] {
  const source = sources.get(file) ?? '';
  const found: Import[] = [];
  for (const match of source.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)) {
    found.push({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined });
  }
  // A dynamic import is a lazy edge: it must be allowed like any other, but makes no cycle at load time.
  for (const match of source.matchAll(/\bimport\('([^']+)'\)/g))
    found.push({ specifier: match[1] ?? '', typeOnly: true });
  return found;
}

const isRule = (file: string): boolean => /^src\/services\/[^/]+\/rules\//.test(file);
/** What of their own service rules may know: each other, the shape of its records, the words of its errors. */
const isNextToRules = /^(rules\/.*|([a-z]+-)?tables\.ts|errors\.ts)$/;

function allowed(file: string, target: string, typeOnly: boolean): boolean {
  if (target.startsWith('@aws-sdk/')) return typeOnly && /^src\/(services|aws|cli)\//.test(file);
  const service = /^src\/services\/([^/]+)\//.exec(file)?.[1];
  const other = /^src\/services\/([^/]+)\/(.+)$/.exec(target);
  if (service && other) {
    if (other[1] === service) return !isRule(file) || isNextToRules.test(other[2] ?? '');
    return other[2] === 'public.ts' && serviceOrder.indexOf(other[1] ?? '') < serviceOrder.indexOf(service);
  }
  if (/^src\/dataplane\/([^/]+)\//.test(file)) {
    const own = posix.dirname(file).split('/').slice(0, 3).join('/');
    return target.startsWith(`${own}/`) || /^src\/core\/|^src\/world\/[a-z-]+\.ts$/.test(target);
  }
  const rule = mayImport.find(([folder]) => folder.test(file));
  if (!rule) return file === 'src/main.ts';
  return rule[1].some((pattern) => pattern.test(target));
}
