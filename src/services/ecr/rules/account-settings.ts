import { invalidParameter, notBuilt } from '../errors.ts';

/** The settings of an account: the value before anything is set, and all that may be. */
export interface AccountSetting {
  readonly initial: string;
  readonly values: readonly string[];
}

const accountSettings: Readonly<Record<string, AccountSetting>> = {
  BASIC_SCAN_TYPE_VERSION: { initial: 'AWS_NATIVE', values: ['AWS_NATIVE', 'CLAIR'] },
  // Differs from AWS, where it is off at first: clients try to mount before they push, and it is what saves them the push.
  BLOB_MOUNTING: { initial: 'ENABLED', values: ['ENABLED', 'DISABLED'] },
  REGISTRY_POLICY_SCOPE: { initial: 'V2', values: ['V1', 'V2'] },
};

/** Throws InvalidParameterException. */
export function settingNamed(name: string): AccountSetting {
  const setting = Object.hasOwn(accountSettings, name) ? accountSettings[name] : undefined;
  if (setting) return setting;
  throw invalidParameter(
    `Invalid parameter at 'name' failed to satisfy constraint: 'Member must satisfy enum value set: [${Object.keys(accountSettings).join(', ')}]'`,
  );
}

export function checkSetting(name: string, value: string): void {
  const { values } = settingNamed(name);
  if (name === 'REGISTRY_POLICY_SCOPE' && value === 'V1') throw notBuilt('registry policies of scope V1');
  if (values.includes(value)) return;
  throw invalidParameter(
    `Invalid parameter at 'value' failed to satisfy constraint: 'Member must satisfy enum value set: [${values.join(', ')}]'`,
  );
}
