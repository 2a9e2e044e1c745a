import type { SettingName } from '@aws-sdk/client-ecs';
import { invalid, notOneOf, type Refusal } from './refusal.ts';

interface SettingKind {
  /** What a principal has that never set anything. */
  readonly byDefault: string;
  /** Values one can set; none when AWS alone sets it. */
  readonly values: readonly string[];
}

const switched = (byDefault: 'enabled' | 'disabled'): SettingKind => ({ byDefault, values: ['enabled', 'disabled'] });

/** AWS gave every account the long formats for good. */
const longFormat: SettingKind = { byDefault: 'enabled', values: ['enabled'] };

/** Every account setting, in the order of their names, which is the order of listings. */
export const accountSettingKinds: Readonly<Record<SettingName, SettingKind>> = {
  awsvpcTrunking: switched('disabled'),
  containerInsights: { byDefault: 'disabled', values: ['enabled', 'disabled', 'enhanced'] },
  containerInstanceLongArnFormat: longFormat,
  defaultLogDriverMode: { byDefault: 'non-blocking', values: ['blocking', 'non-blocking'] },
  fargateEventWindows: switched('disabled'),
  fargateFIPSMode: switched('disabled'),
  fargateTaskRetirementWaitPeriod: { byDefault: '7', values: ['0', '7', '14'] },
  guardDutyActivate: { byDefault: 'off', values: [] },
  serviceLongArnFormat: longFormat,
  tagResourceAuthorization: { byDefault: 'on', values: ['on', 'off'] },
  taskLongArnFormat: longFormat,
};

export const accountSettingNames = Object.keys(accountSettingKinds) as readonly SettingName[];

/** What is wrong with setting a name (still any text: enums are not checked on the wire) to a value. */
export function* settingRefusals(name: SettingName, value: string): Generator<Refusal> {
  yield* settingNameRefusals(name);
  const { values } = accountSettingKinds[name];
  if (values.length === 0) yield invalid(`The account setting ${name} is managed by AWS and cannot be changed.`);
  yield* notOneOf('value', value, values);
}

export function* settingNameRefusals(name: SettingName | undefined): Generator<Refusal> {
  yield* notOneOf('unknown', name, accountSettingNames);
}
