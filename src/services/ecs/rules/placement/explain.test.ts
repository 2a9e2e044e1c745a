import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestMatch, unableToPlace } from './explain.ts';
import type { Candidate } from './filters.ts';

const refused = (id: string, reason: string) => ({
  candidate: { instance: { arn: `arn:aws:ecs:us-east-1:1:container-instance/c/${id}` } as Candidate['instance'] },
  reason,
});

test('the instance that got furthest is named with what it lacks', () => {
  const cases: readonly (readonly [reasons: readonly string[], sentence: string])[] = [
    [[], 'Reason: No Container Instances were found in your cluster.'],
    [['AGENT'], 'The closest matching (container-instance 0) encountered error "AGENT".'],
    [
      ['AGENT', 'RESOURCE:MEMORY', 'RESOURCE:CPU'],
      'The closest matching (container-instance 1) has insufficient memory available.',
    ],
    [['RESOURCE:CPU'], 'The closest matching (container-instance 0) has insufficient CPU units available.'],
    [
      ['RESOURCE:CPU', 'RESOURCE:PORTS'],
      'The closest matching (container-instance 1) is already using a port required by your task.',
    ],
    [['ATTRIBUTE'], 'The closest matching (container-instance 0) is missing an attribute required by your task.'],
    [
      ['MemberOf placement constraint unsatisfied.', 'ATTRIBUTE'],
      'The closest matching (container-instance 0) encountered error "MemberOf placement constraint unsatisfied.".',
    ],
  ];
  for (const [reasons, sentence] of cases) {
    assert.equal(closestMatch(reasons.map((reason, index) => refused(String(index), reason))), sentence);
  }
});

test('the event has the words of AWS', () => {
  assert.equal(
    unableToPlace([refused('b', 'RESOURCE:MEMORY'), refused('a', 'RESOURCE:MEMORY')]),
    'was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance a) has insufficient memory available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  );
});
