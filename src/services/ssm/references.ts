import { formatArn } from '../../core/arn.ts';
import type { Scope } from '../../core/scope.ts';
import type { Reader } from '../../store/store.ts';
import { parameterNotFound, versionNotFound } from './errors.ts';
import { readReference } from './rules/names.ts';
import { publicParameter } from './rules/public-parameters.ts';
import { parameterKey, type ParameterRecord, parameters, versionKey, type VersionRecord, versions } from './tables.ts';

export function parameterArn(parameter: Scope & { readonly name: string }): string {
  const { accountId, region, name } = parameter;
  return formatArn({
    service: 'ssm',
    region,
    accountId,
    resource: `parameter${name.startsWith('/') ? '' : '/'}${name}`,
  });
}

/** Throws ParameterNotFound. */
export function parameterNamed(reader: Reader, scope: Scope, name: string): ParameterRecord {
  const parameter = reader.get(parameters, parameterKey(scope, name));
  if (!parameter) throw parameterNotFound(name);
  return parameter;
}

export function versionsOf(reader: Reader, parameter: ParameterRecord): readonly VersionRecord[] {
  return [...reader.find(versions, 'parameter', parameterKey(parameter, parameter.name))];
}

export function latestOf(reader: Reader, parameter: ParameterRecord): VersionRecord {
  const version = reader.get(versions, versionKey(parameter, parameter.name, parameter.latestVersion));
  if (!version) throw parameterNotFound(parameter.name);
  return version;
}

/**
 * The version that `name`, `name:3` or `name:label` means (an ARN in place of the name too), and the selector as it was
 * given. Throws ParameterNotFound and ParameterVersionNotFound.
 */
export function versionNamed(
  reader: Reader,
  scope: Scope,
  reference: string,
): { readonly version: VersionRecord; readonly selector?: string } {
  const { name, selector } = readReference(reference);
  const published = publicParameter(scope.region, name);
  if (published) return { version: published, ...(selector !== undefined && { selector }) };
  const parameter = reader.get(parameters, parameterKey(scope, name));
  if (!parameter) throw parameterNotFound();
  if (selector === undefined) return { version: latestOf(reader, parameter) };
  const wanted = selector.slice(1);
  const version = /^\d+$/.test(wanted)
    ? reader.get(versions, versionKey(parameter, name, Number(wanted)))
    : versionsOf(reader, parameter).find(({ labels }) => labels.includes(wanted));
  if (!version) throw versionNotFound(name, wanted);
  return { version, selector };
}
