import type { Transaction } from '../../store/store.ts';
import { versionsOf } from './references.ts';
import { parameterKey, type ParameterRecord, parameters, versionKey, versions } from './tables.ts';

/** Removes a parameter with its whole history. */
export function removeParameter(tx: Transaction, parameter: ParameterRecord): void {
  for (const { name, version } of versionsOf(tx, parameter)) tx.delete(versions, versionKey(parameter, name, version));
  tx.delete(parameters, parameterKey(parameter, parameter.name));
}
