import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { invalidResourceId, notBuilt } from './errors.ts';
import { readReference } from './rules/names.ts';
import { parameterKey, type ParameterRecord, parameters } from './tables.ts';

/** The parameter whose tags are meant. Throws InvalidResourceId; the other kinds of resource are not built. */
export function taggedParameter(
  reader: Reader,
  scope: Scope,
  input: { readonly ResourceType: string; readonly ResourceId: string },
): ParameterRecord {
  if (input.ResourceType !== 'Parameter') throw notBuilt(`tags of resources of type ${input.ResourceType}`);
  const parameter = reader.get(parameters, parameterKey(scope, readReference(input.ResourceId).name));
  if (!parameter) throw invalidResourceId();
  return parameter;
}
