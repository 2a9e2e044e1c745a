import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEcs } from '../open-ecs.test.ts';
import { deleteAccountSetting } from './delete-account-setting.ts';
import { listAccountSettings } from './list-account-settings.ts';
import { putAccountSetting } from './put-account-setting.ts';
import { putAccountSettingDefault } from './put-account-setting-default.ts';

const ada = 'arn:aws:iam::123456789012:user/ada';
const root = 'arn:aws:iam::123456789012:root';

test('a principal has its own setting, else the default of the account, else that of AWS', async () => {
  const ecs = await openEcs();
  const effective = async (): Promise<string | undefined> => {
    const input = { name: 'containerInsights', effectiveSettings: true } as const;
    return (await ecs.ask(listAccountSettings, input, ada)).settings?.[0]?.value;
  };
  assert.equal(await effective(), 'disabled');
  const { setting } = await ecs.ask(putAccountSettingDefault, { name: 'containerInsights', value: 'enabled' });
  assert.deepEqual(setting, { name: 'containerInsights', value: 'enabled', principalArn: root, type: 'user' });
  assert.equal(await effective(), 'enabled');
  await ecs.ask(putAccountSetting, { name: 'containerInsights', value: 'enhanced' }, ada);
  assert.equal(await effective(), 'enhanced');
  const own = await ecs.ask(listAccountSettings, {}, ada);
  assert.deepEqual(own.settings, [{ name: 'containerInsights', value: 'enhanced', principalArn: ada, type: 'user' }]);
  await ecs.ask(deleteAccountSetting, { name: 'containerInsights' }, ada);
  assert.equal(await effective(), 'enabled');
  assert.deepEqual((await ecs.ask(listAccountSettings, {}, ada)).settings, []);
});

test('all settings that hold come in two pages', async () => {
  const ecs = await openEcs();
  const first = await ecs.ask(listAccountSettings, { effectiveSettings: true });
  assert.equal(first.settings?.length, 10);
  const second = await ecs.ask(listAccountSettings, { effectiveSettings: true, nextToken: first.nextToken });
  const all = [...(first.settings ?? []), ...(second.settings ?? [])];
  assert.equal(new Set(all.map((one) => one.name)).size, 11);
  assert.equal(second.nextToken, undefined);
  assert.equal(all.find((one) => one.name === 'guardDutyActivate')?.type, 'aws_managed');
  await ecs.refuses(listAccountSettings, { maxResults: 11 }, 'InvalidParameterException');
});

test('every session of a role has the settings of the role', async () => {
  const ecs = await openEcs();
  const session = (name: string) => `arn:aws:sts::123456789012:assumed-role/deploy/${name}`;
  await ecs.ask(putAccountSetting, { name: 'awsvpcTrunking', value: 'enabled' }, session('a'));
  const { settings } = await ecs.ask(listAccountSettings, {}, session('b'));
  assert.equal(settings?.[0]?.principalArn, 'arn:aws:iam::123456789012:role/deploy');
});

test('names, values and principals that cannot be are refused', async () => {
  const ecs = await openEcs();
  const invalid = 'InvalidParameterException';
  await ecs.refuses(
    putAccountSetting,
    { name: 'colour' as never, value: 'enabled' },
    invalid,
    /^unknown should be one of \[/,
  );
  await ecs.refuses(putAccountSetting, { name: 'containerInsights', value: 'on' }, invalid);
  await ecs.refuses(putAccountSetting, { name: 'taskLongArnFormat', value: 'disabled' }, invalid);
  await ecs.refuses(putAccountSetting, { name: 'guardDutyActivate', value: 'on' }, invalid, /managed by AWS/);
  const elsewhere = 'arn:aws:iam::999999999999:user/eve';
  await ecs.refuses(putAccountSetting, { name: 'awsvpcTrunking', value: 'enabled', principalArn: elsewhere }, invalid);
  await ecs.refuses(listAccountSettings, { value: 'enabled' }, invalid);
});
