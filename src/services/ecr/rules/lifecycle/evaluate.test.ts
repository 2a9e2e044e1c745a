import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { evaluateLifecycle, type LifecycleImage } from './evaluate.ts';
import { readLifecyclePolicy } from './policy.ts';

const dayMs = 24 * 60 * 60 * 1000;
const now = 1000 * dayMs;

/** Images by name, oldest first unless `daysOld` says otherwise. */
function repository(
  given: Readonly<Record<string, Partial<LifecycleImage> & { readonly daysOld: number }>>,
): readonly LifecycleImage[] {
  return Object.entries(given).map(([digest, { daysOld, ...rest }]) => ({
    digest,
    tags: [],
    isHeld: false,
    pushedAt: now - daysOld * dayMs,
    ...rest,
  }));
}

interface RuleText {
  readonly selection: object;
  readonly action?: object;
}

function evaluate(rules: readonly RuleText[], images: readonly LifecycleImage[]): readonly string[] {
  const text = JSON.stringify({
    rules: rules.map((rule, index) => ({ rulePriority: index + 1, action: { type: 'expire' }, ...rule })),
  });
  return evaluateLifecycle(readLifecyclePolicy(text), images, now).map(
    ({ digest, action, rulePriority }) => `${digest} ${action} ${rulePriority}`,
  );
}

const keep = (countNumber: number, rest: object): RuleText => ({
  selection: { countType: 'imageCountMoreThan', countNumber, ...rest },
});
const olderThan = (countNumber: number, rest: object): RuleText => ({
  selection: { countType: 'sinceImagePushed', countUnit: 'days', countNumber, ...rest },
});
const prefix = (...tagPrefixList: readonly string[]): object => ({ tagStatus: 'tagged', tagPrefixList });
const pattern = (...tagPatternList: readonly string[]): object => ({ tagStatus: 'tagged', tagPatternList });
const untagged = { tagStatus: 'untagged' };
const any = { tagStatus: 'any' };

describe('a lifecycle policy', () => {
  test('keeps the youngest images of a count', () => {
    const images = repository({ A: { daysOld: 3 }, B: { daysOld: 2 }, C: { daysOld: 1 } });
    assert.deepEqual(evaluate([keep(1, any)], images), ['A EXPIRE 1', 'B EXPIRE 1']);
    assert.deepEqual(evaluate([keep(3, any)], images), []);
  });

  test('expires what was pushed more days ago, and not on the very day', () => {
    const images = repository({ A: { daysOld: 14.01 }, B: { daysOld: 14 }, C: { daysOld: 1 } });
    assert.deepEqual(evaluate([olderThan(14, any)], images), ['A EXPIRE 1']);
  });

  test('leaves tagged images to rules for tags, and untagged ones to theirs', () => {
    const images = repository({ A: { daysOld: 30, tags: ['v1'] }, B: { daysOld: 30 } });
    assert.deepEqual(evaluate([olderThan(7, untagged)], images), ['B EXPIRE 1']);
    assert.deepEqual(evaluate([olderThan(7, prefix('v'))], images), ['A EXPIRE 1']);
  });

  test('with several prefixes takes images that have a tag for each', () => {
    const images = repository({
      A: { daysOld: 30, tags: ['alpha-1', 'beta-1'] },
      B: { daysOld: 30, tags: ['alpha-2'] },
      C: { daysOld: 30, tags: ['beta-3'] },
    });
    assert.deepEqual(evaluate([olderThan(7, prefix('alpha', 'beta'))], images), ['A EXPIRE 1']);
  });

  test('with patterns matches whole tags', () => {
    const images = repository({
      A: { daysOld: 30, tags: ['prod-1'] },
      B: { daysOld: 30, tags: ['my-prod'] },
      C: { daysOld: 30, tags: ['prod'] },
    });
    assert.deepEqual(evaluate([olderThan(7, pattern('prod*'))], images), ['A EXPIRE 1', 'C EXPIRE 1']);
    assert.deepEqual(evaluate([olderThan(7, pattern('prod'))], images), ['C EXPIRE 1']);
    assert.deepEqual(evaluate([olderThan(7, pattern('*prod*'))], images).length, 3);
  });

  // The three examples of AWS's page on several rules.
  const shared = repository({
    A: { daysOld: 10, tags: ['beta-1', 'prod-1'] },
    B: { daysOld: 9, tags: ['beta-2', 'prod-2'] },
    C: { daysOld: 8, tags: ['beta-3'] },
  });

  test('counts for a lower rule what a higher one has marked, and spares what the higher one keeps', () => {
    assert.deepEqual(evaluate([keep(1, prefix('prod')), keep(1, prefix('beta'))], shared), ['A EXPIRE 1']);
  });

  test('gives an image to the first rule whose tags it has', () => {
    assert.deepEqual(evaluate([keep(1, prefix('beta')), keep(1, prefix('prod'))], shared), [
      'A EXPIRE 1',
      'B EXPIRE 1',
    ]);
  });

  test('for all images spares those that a rule for tags keeps', () => {
    const images = repository({
      A: { daysOld: 10, tags: ['alpha-1'] },
      B: { daysOld: 9, tags: ['beta-1'] },
      C: { daysOld: 8 },
      D: { daysOld: 7, tags: ['alpha-2'] },
    });
    assert.deepEqual(evaluate([keep(1, prefix('alpha')), keep(1, any)], images), [
      'A EXPIRE 1',
      'B EXPIRE 2',
      'C EXPIRE 2',
    ]);
  });

  test('goes by the last pull or restoring, or by the push of what nobody pulled', () => {
    const images = repository({
      A: { daysOld: 90, pulledAt: now - 2 * dayMs },
      B: { daysOld: 90, pulledAt: now - 40 * dayMs },
      C: { daysOld: 90 },
      D: { daysOld: 5 },
      E: { daysOld: 90, activatedAt: now - 2 * dayMs },
      F: { daysOld: 90, pulledAt: now - 40 * dayMs, activatedAt: now - 2 * dayMs },
      G: { daysOld: 90, pulledAt: now - 35 * dayMs, activatedAt: now - 40 * dayMs },
    });
    const selection = { countType: 'sinceImagePulled', countUnit: 'days', countNumber: 30, tagStatus: 'any' };
    const action = { type: 'transition', targetStorageClass: 'archive' };
    assert.deepEqual(evaluate([{ selection, action }], images), ['B TRANSITION 1', 'C TRANSITION 1', 'G TRANSITION 1']);
  });

  test('spares images that an index or a subject holds', () => {
    const images = repository({ A: { daysOld: 30, isHeld: true }, B: { daysOld: 30 } });
    assert.deepEqual(evaluate([olderThan(7, untagged)], images), ['B EXPIRE 1']);
  });

  test('archives images, and expires archived ones by their own rules', () => {
    const images = repository({
      A: { daysOld: 400, archivedAt: now - 200 * dayMs },
      B: { daysOld: 100 },
      C: { daysOld: 1 },
    });
    const archive = { ...olderThan(60, any), action: { type: 'transition', targetStorageClass: 'archive' } };
    const drop = {
      selection: {
        countType: 'sinceImageTransitioned',
        countUnit: 'days',
        countNumber: 180,
        tagStatus: 'any',
        storageClass: 'archive',
      },
    };
    assert.deepEqual(evaluate([archive, drop], images), ['A EXPIRE 2', 'B TRANSITION 1']);
  });

  test('takes the priority from the rule and not from its place', () => {
    const text = JSON.stringify({
      rules: [
        {
          rulePriority: 20,
          action: { type: 'expire' },
          selection: { ...any, countType: 'imageCountMoreThan', countNumber: 1 },
        },
        {
          rulePriority: 10,
          action: { type: 'expire' },
          selection: { ...prefix('v'), countType: 'imageCountMoreThan', countNumber: 5 },
        },
      ],
    });
    const images = repository({ A: { daysOld: 3, tags: ['v1'] }, B: { daysOld: 2 }, C: { daysOld: 1 } });
    assert.deepEqual(
      evaluateLifecycle(readLifecyclePolicy(text), images, now).map(({ digest }) => digest),
      ['B'],
    );
  });
});

const image = fc.record({
  tags: fc.uniqueArray(fc.constantFrom('alpha-1', 'alpha-2', 'beta-1', 'beta-2'), { maxLength: 3 }),
  daysOld: fc.integer({ min: 0, max: 60 }),
  isHeld: fc.boolean(),
});
const rule = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('alpha', 'beta')).map(([n, tag]) => keep(n, prefix(tag))),
  fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.constantFrom('alpha', 'beta'))
    .map(([n, tag]) => olderThan(n, prefix(tag))),
);

test('whatever the policy, no image goes twice, none that is held, and none beyond what its own rule would take alone', () => {
  fc.assert(
    fc.property(fc.array(image, { maxLength: 12 }), fc.array(rule, { minLength: 1, maxLength: 4 }), (given, rules) => {
      const images = repository(Object.fromEntries(given.map((each, index) => [`image-${index}`, each])));
      const marked = evaluate(rules, images).map((line) => line.split(' '));
      assert.equal(new Set(marked.map(([digest]) => digest)).size, marked.length);
      for (const [digest, , priority] of marked) {
        assert.equal(images.find((each) => each.digest === digest)?.isHeld, false);
        const own = rules[Number(priority) - 1];
        assert.ok(own);
        assert.ok(evaluate([own], images).includes(`${digest} EXPIRE 1`), `${digest} by rule ${priority}`);
      }
    }),
  );
});
