import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveStages } from './stages.ts';

const versions = [
  { versionId: 'a', stages: ['AWSPREVIOUS'] },
  { versionId: 'b', stages: ['AWSCURRENT', 'blue'] },
  { versionId: 'c', stages: [] },
];

const cases: readonly {
  readonly what: string;
  readonly to: string;
  readonly stages: readonly string[];
  readonly after: Readonly<Record<string, readonly string[]>>;
}[] = [
  {
    what: 'a new current version makes the old one the previous',
    to: 'c',
    stages: ['AWSCURRENT'],
    after: { a: [], b: ['blue', 'AWSPREVIOUS'], c: ['AWSCURRENT'] },
  },
  {
    what: 'the previous version may become current again',
    to: 'a',
    stages: ['AWSCURRENT'],
    after: { a: ['AWSCURRENT'], b: ['blue', 'AWSPREVIOUS'] },
  },
  { what: 'another label moves alone', to: 'c', stages: ['blue'], after: { b: ['AWSCURRENT'], c: ['blue'] } },
  { what: 'what is there already stays', to: 'b', stages: ['AWSCURRENT'], after: {} },
];

for (const { what, to, stages, after } of cases) {
  test(what, () => assert.deepEqual(Object.fromEntries(moveStages(versions, to, stages)), after));
}
