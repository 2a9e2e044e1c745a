import { model } from '../../../src/aws/models/ecs.gen.ts';

/**
 * Every parameter that a task can be given, by its path, from AWS's own model: those of a task definition, then those
 * that RunTask overrides or adds. A list is `[]`; a map and a value end the path.
 */
export function taskParameters(): readonly string[] {
  return [
    ...pathsOf('RegisterTaskDefinitionRequest', ''),
    ...pathsOf('TaskOverride', 'overrides.'),
    ...pathsOf('TaskVolumeConfiguration', 'volumeConfigurations[].'),
  ];
}

function pathsOf(structure: string, prefix: string): readonly string[] {
  const shape = model.shapes[structure];
  if (shape?.kind !== 'structure') throw new Error(`${structure} is no structure of the model`);
  return Object.entries(shape.members).flatMap(([name, member]) => pathsOfMember(member.shape, `${prefix}${name}`));
}

function pathsOfMember(shapeName: string, path: string): readonly string[] {
  const shape = model.shapes[shapeName];
  const list = /^List<(.*)>$/.exec(shapeName)?.[1];
  if (list !== undefined) return pathsOfMember(list, `${path}[]`);
  if (shape?.kind === 'list') return pathsOfMember(shape.member.shape, `${path}[]`);
  return shape?.kind === 'structure' ? pathsOf(shapeName, `${path}.`) : [path];
}
