import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Permission, Permissions } from '../../aws/permission.ts';
import { model } from '../../aws/models/ecs.gen.ts';
import { openTaskScene } from './task-scene.test.ts';
import { ecsPermissions } from './permissions.ts';
import { agentSockets } from './agents/sockets.ts';

const prefix = 'arn:aws:ecs:us-east-1:123456789012:';

async function openPermissions() {
  const ecs = await openTaskScene();
  const ask = (operation: string, input: object): readonly Permission[] => {
    const permissions: Permissions<never> | undefined = ecsPermissions[operation];
    assert.ok(permissions, operation);
    return ecs.store.view((reader) => permissions(input as never, { call: ecs.call, reader }));
  };
  return { ...ecs, asks: ask };
}

test('every name in the table is an operation of ECS or a socket of its agents', () => {
  for (const name of Object.keys(ecsPermissions)) {
    assert.ok(name in model.operations || name in agentSockets, name);
  }
  for (const path of Object.keys(agentSockets)) assert.ok(path in ecsPermissions, path);
});

test('running a task asks for the definition as it was named, the tags, and each role once', async () => {
  const ecs = await openPermissions();
  const role = await ecs.role('app');
  await ecs.define({ taskRoleArn: role, executionRoleArn: 'app' });
  const [run, tag, pass, ...more] = ecs.asks('RunTask', {
    cluster: 'default',
    taskDefinition: 'web',
    tags: [{ key: 'team', value: 'a' }],
    overrides: { taskRoleArn: role },
  });
  assert.deepEqual(run?.resources, [`${prefix}task-definition/web`]);
  assert.equal(run.conditions?.['ecs:cluster'], `${prefix}cluster/default`);
  assert.equal(run.conditions['ecs:enable-execute-command'], 'false');
  assert.equal(run.conditions['aws:RequestTag/team'], 'a');
  assert.deepEqual([tag?.action, tag?.resources], ['ecs:TagResource', [`${prefix}task/default/*`]]);
  assert.equal(tag?.conditions?.['ecs:CreateAction'], 'RunTask');
  assert.deepEqual([pass?.action, pass?.resources], ['iam:PassRole', [role]]);
  assert.deepEqual(pass?.conditions, { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' });
  assert.deepEqual(more, []);
  const [exact] = ecs.asks('RunTask', { taskDefinition: 'web:1' });
  assert.deepEqual(exact?.resources, [`${prefix}task-definition/web:1`]);
});

test('what is named by a short name is asked about by its ARN, with its tags', async () => {
  const ecs = await openPermissions();
  const instance = await ecs.host(1, { record: { tags: [{ key: 'rack', value: '7' }] } });
  const [one] = ecs.asks('DescribeContainerInstances', { containerInstances: [instance.id] });
  assert.deepEqual(one?.resources, [instance.arn]);
  assert.equal(one.conditions?.['aws:ResourceTag/rack'], '7');
  const [poll] = ecs.asks('/_acs/ws', { containerInstanceArn: instance.arn });
  assert.deepEqual([poll?.action, poll?.resources], ['ecs:Poll', [instance.arn]]);
  assert.equal(poll?.conditions?.['ecs:cluster'], `${prefix}cluster/default`);
  const [service] = ecs.asks('UpdateService', { service: 'web', taskDefinition: 'web:2' });
  assert.deepEqual(service?.resources, [`${prefix}service/default/web`]);
  assert.equal(service.conditions?.['ecs:task-definition'], `${prefix}task-definition/web:2`);
  const actions = ecs.asks('ExecuteCommand', { task: 'a'.repeat(32), container: 'app' });
  assert.deepEqual(
    actions.map(({ resources }) => resources[0]),
    [`${prefix}cluster/default`, `${prefix}task/default/${'a'.repeat(32)}`],
  );
});
