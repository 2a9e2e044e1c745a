import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Ecs, openEcs } from '../open-ecs.test.ts';
import { deregisterTaskDefinition } from './deregister-task-definition.ts';
import { listTaskDefinitionFamilies } from './list-task-definition-families.ts';
import { listTaskDefinitions } from './list-task-definitions.ts';
import { registerTaskDefinition } from './register-task-definition.ts';

const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 128 }];

async function register(ecs: Ecs, family: string, revisions: number): Promise<void> {
  for (let round = 0; round < revisions; round += 1) {
    await ecs.ask(registerTaskDefinition, { family, containerDefinitions });
  }
}

const names = (arns: readonly string[] | undefined) => arns?.map((arn) => arn.split('/')[1]);

test('families come as text and revisions as numbers, forwards and backwards', async () => {
  const ecs = await openEcs();
  await register(ecs, 'web-2', 1);
  await register(ecs, 'web', 11);
  await register(ecs, 'a', 1);
  const web = Array.from({ length: 11 }, (_, at) => `web:${at + 1}`);
  const wanted = ['a:1', ...web, 'web-2:1'];
  assert.deepEqual(names((await ecs.ask(listTaskDefinitions, {})).taskDefinitionArns), wanted);
  assert.deepEqual(
    names((await ecs.ask(listTaskDefinitions, { sort: 'DESC' })).taskDefinitionArns),
    wanted.toReversed(),
  );
  const only = { familyPrefix: 'web' };
  assert.deepEqual(names((await ecs.ask(listTaskDefinitions, only)).taskDefinitionArns), web);
  assert.deepEqual(
    names((await ecs.ask(listTaskDefinitions, { ...only, sort: 'DESC' })).taskDefinitionArns),
    web.toReversed(),
  );
});

test('pages of any size give each revision once, in both orders', async () => {
  const ecs = await openEcs();
  await register(ecs, 'a', 3);
  await register(ecs, 'b', 12);
  await register(ecs, 'c', 2);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom('ASC' as const, 'DESC' as const),
      fc.constantFrom(undefined, 'b'),
      async (maxResults, sort, familyPrefix) => {
        const whole = (await ecs.ask(listTaskDefinitions, { sort, familyPrefix })).taskDefinitionArns;
        const paged: string[] = [];
        let nextToken: string | undefined;
        do {
          const page = await ecs.ask(listTaskDefinitions, { maxResults, sort, familyPrefix, nextToken });
          assert.ok((page.taskDefinitionArns ?? []).length <= maxResults);
          paged.push(...(page.taskDefinitionArns ?? []));
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
        assert.deepEqual(paged, whole);
      },
    ),
    { numRuns: 30 },
  );
});

test('deregistered revisions are in the other list', async () => {
  const ecs = await openEcs();
  await register(ecs, 'web', 2);
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'web:1' });
  assert.deepEqual(names((await ecs.ask(listTaskDefinitions, {})).taskDefinitionArns), ['web:2']);
  assert.deepEqual(names((await ecs.ask(listTaskDefinitions, { status: 'INACTIVE' })).taskDefinitionArns), ['web:1']);
  await ecs.refuses(listTaskDefinitions, { status: 'GONE' as never }, 'InvalidParameterException');
});

test('families are listed by what revisions they have', async () => {
  const ecs = await openEcs();
  await register(ecs, 'active', 2);
  await register(ecs, 'both', 2);
  await register(ecs, 'both-2', 1);
  await register(ecs, 'inactive', 1);
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'both:1' });
  await ecs.ask(deregisterTaskDefinition, { taskDefinition: 'inactive:1' });
  const families = async (input: object) => (await ecs.ask(listTaskDefinitionFamilies, input)).families;
  assert.deepEqual(await families({}), ['active', 'both', 'both-2', 'inactive']);
  assert.deepEqual(await families({ status: 'ACTIVE' }), ['active', 'both', 'both-2']);
  assert.deepEqual(await families({ status: 'INACTIVE' }), ['inactive']);
  assert.deepEqual(await families({ familyPrefix: 'bo' }), ['both', 'both-2']);
  assert.deepEqual(await families({ familyPrefix: 'both' }), ['both', 'both-2']);
  const first = await ecs.ask(listTaskDefinitionFamilies, { maxResults: 2 });
  assert.deepEqual(first.families, ['active', 'both']);
  assert.deepEqual(await families({ nextToken: first.nextToken }), ['both-2', 'inactive']);
});
