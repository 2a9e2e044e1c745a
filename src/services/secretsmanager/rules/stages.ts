export const currentStage = 'AWSCURRENT';
export const previousStage = 'AWSPREVIOUS';

interface Staged {
  readonly versionId: string;
  readonly stages: readonly string[];
}

/**
 * A label is on one version at most: given to this one it leaves the others, and the one that loses AWSCURRENT becomes
 * AWSPREVIOUS. Gives the stages of each version whose stages change.
 */
export function moveStages(
  versions: readonly Staged[],
  toVersionId: string,
  stages: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const losesCurrent = stages.includes(currentStage)
    ? versions.find((version) => version.versionId !== toVersionId && version.stages.includes(currentStage))
    : undefined;
  const changed = new Map<string, readonly string[]>();
  for (const version of versions) {
    const isTarget = version.versionId === toVersionId;
    const kept = version.stages.filter(
      (stage) => isTarget || (!stages.includes(stage) && !(losesCurrent && stage === previousStage)),
    );
    const gained = isTarget
      ? stages.filter((stage) => !kept.includes(stage))
      : version === losesCurrent
        ? [previousStage]
        : [];
    const next = [...kept.filter((stage) => !(isTarget && losesCurrent && stage === previousStage)), ...gained];
    if (next.length !== version.stages.length || next.some((stage) => !version.stages.includes(stage))) {
      changed.set(version.versionId, next);
    }
  }
  return changed;
}
