import type { Call } from '../../aws/operation.ts';
import type { Reader } from '../../store/store.ts';
import { noSuchEntity } from './errors.ts';
import { type InstanceProfileRecord, instanceProfiles, nameKey } from './tables.ts';

export function findProfile(
  reader: Reader,
  { accountId }: Pick<Call, 'accountId'>,
  name: string,
): InstanceProfileRecord {
  const profile = reader.get(instanceProfiles, nameKey(accountId, name));
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}
