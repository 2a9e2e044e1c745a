import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { renderModel } from '../../tools/generate/render.ts';
import { sources } from '../../tools/generate/sources.ts';

for (const source of sources) {
  test(`the wire tables of ${source.name} are those of the SDK that is installed`, async () => {
    const file = new URL(`../../src/aws/models/${source.name}.gen.ts`, import.meta.url);
    const committed = await readFile(file, 'utf8');
    assert.equal(committed === (await renderModel(source)), true, 'run `npm run generate`');
  });
}
