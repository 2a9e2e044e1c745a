/** Writes src/aws/models/*.gen.ts from the AWS SDK packages that are installed. */
import { writeFile } from 'node:fs/promises';
import { renderModel } from './render.ts';
import { sources } from './sources.ts';

for (const source of sources) {
  const file = new URL(`../../src/aws/models/${source.name}.gen.ts`, import.meta.url);
  const text = await renderModel(source);
  await writeFile(file, text);
  console.log(`${source.name}.gen.ts: ${text.length} characters`);
}
