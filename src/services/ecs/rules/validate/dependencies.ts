import { client, notOneOf, type Refusal } from '../refusal.ts';
import type { ContainerInput, TaskDefinitionInput } from '../task-definition-input.ts';

/** What is wrong with how the containers of a definition refer to each other. */
export function* dependencyRefusals(definition: TaskDefinitionInput): Generator<Refusal> {
  const byName = new Map(definition.containerDefinitions.map((container) => [container.name ?? '', container]));
  for (const container of definition.containerDefinitions) {
    for (const { containerName, condition } of container.dependsOn ?? []) {
      yield* notOneOf('dependsOn condition', condition, ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY']);
      const dependency = byName.get(containerName);
      if (!dependency || containerName === container.name) {
        yield client(
          `Invalid dependency of container '${container.name}': there is no other container '${containerName}'.`,
        );
        continue;
      }
      if (condition === 'HEALTHY' && !dependency.healthCheck) {
        yield client(
          `Container '${containerName}' needs a health check, as '${container.name}' depends on its health.`,
        );
      }
      if ((condition === 'SUCCESS' || condition === 'COMPLETE') && dependency.essential !== false) {
        yield client(
          `Container '${containerName}' is essential, so no container can depend on its condition ${condition}.`,
        );
      }
    }
    for (const link of container.links ?? []) {
      const [target = ''] = link.split(':');
      if (!byName.has(target)) yield client(`Invalid link '${link}' of container '${container.name}'.`);
    }
    for (const { sourceContainer = '' } of container.volumesFrom ?? []) {
      if (!byName.has(sourceContainer) || sourceContainer === container.name) {
        yield client(`Invalid volumesFrom of container '${container.name}': unknown container '${sourceContainer}'.`);
      }
    }
  }
  const looped = containerInLoop(definition.containerDefinitions);
  if (looped !== undefined) yield client(`Container dependencies form a loop through '${looped}'.`);
}

/** The name of a container that waits for itself. */
function containerInLoop(containers: readonly ContainerInput[]): string | undefined {
  const waitsFor = new Map(
    containers.map((container) => [
      container.name ?? '',
      [
        ...(container.dependsOn ?? []).map((dependency) => dependency.containerName),
        ...(container.links ?? []).map((link) => link.split(':')[0] ?? ''),
        ...(container.volumesFrom ?? []).map((from) => from.sourceContainer ?? ''),
      ],
    ]),
  );
  const done = new Set<string>();
  const onPath = new Set<string>();
  const visit = (name: string): string | undefined => {
    if (done.has(name)) return undefined;
    if (onPath.has(name)) return name;
    onPath.add(name);
    for (const next of waitsFor.get(name) ?? []) {
      const looped = visit(next);
      if (looped !== undefined) return looped;
    }
    onPath.delete(name);
    done.add(name);
    return undefined;
  };
  for (const name of waitsFor.keys()) {
    const looped = visit(name);
    if (looped !== undefined) return looped;
  }
  return undefined;
}
