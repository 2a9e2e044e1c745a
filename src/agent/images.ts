import type { Clock, Docker, ImageInspect, Log } from '../world/world.ts';
import { stepError, within } from './engine-error.ts';

/** The stock agent's ECS_IMAGE_PULL_BEHAVIOR. */
export type PullBehavior = 'default' | 'always' | 'once' | 'prefer-cached';

export interface ReadyImage {
  readonly digest?: string;
  /** Variables of the image itself, `NAME=value`. */
  readonly environment: readonly string[];
  /** When a registry was asked. */
  readonly pulled: boolean;
}

/** Sees to it that the engine has an image. Several who want the same one at once share one pull. */
export interface Images {
  ensure(reference: string): Promise<ReadyImage>;
  /** What `ensure` found last; empty when it was not asked in this life of the agent. */
  environmentOf(reference: string): readonly string[];
  /** The engine said that it does not have the image after all. Whether it had been taken for granted. */
  forget(reference: string): boolean;
}

export function createImages(parts: {
  readonly docker: Docker;
  readonly clock: Clock;
  readonly log: Log;
  readonly behavior: PullBehavior;
  readonly pullTimeoutMs: number;
}): Images {
  const { docker, clock, log, behavior } = parts;
  const underWay = new Map<string, Promise<ReadyImage>>();
  const environments = new Map<string, readonly string[]>();
  /** Found on the engine and good enough until then: such a task starts without asking the engine or a registry. */
  const settled = new Map<string, { readonly image: ReadyImage; readonly untilMs: number }>();
  const pulledOnce = new Set<string>();

  async function find(reference: string): Promise<ReadyImage> {
    const local = await docker.inspectImage(reference);
    if (local && isEnough(reference)) {
      const image = ready(reference, local, undefined, false);
      settled.set(reference, { image, untilMs: Number.POSITIVE_INFINITY });
      return image;
    }
    try {
      const pulled = await within(clock, parts.pullTimeoutMs, 'pulled', docker.pullImage(reference));
      pulledOnce.add(reference);
      return ready(reference, await docker.inspectImage(reference), pulled.digest, true);
    } catch (error) {
      const reason = stepError('CannotPullContainerError', error);
      if (!local || behavior === 'always') throw reason;
      log.warn('image not pulled, using the engine’s own', { image: reference, reason: reason.message });
      const image = ready(reference, local, undefined, true);
      settled.set(reference, { image: { ...image, pulled: false }, untilMs: clock.monotonicMs() + askAgainAfterMs });
      return image;
    }
  }

  /** A digest names one content for ever, so asking the registry for it again cannot change what runs. */
  function isEnough(reference: string): boolean {
    if (behavior === 'prefer-cached' || reference.includes('@')) return true;
    return behavior === 'once' && pulledOnce.has(reference);
  }

  function ready(
    reference: string,
    image: ImageInspect | undefined,
    pulledDigest: string | undefined,
    pulled: boolean,
  ): ReadyImage {
    const environment = image?.Config?.Env ?? [];
    environments.set(reference, environment);
    const digest = pulledDigest ?? digestOf(reference, image?.RepoDigests ?? []);
    return { environment, pulled, ...(digest === undefined ? {} : { digest }) };
  }

  return {
    ensure(reference) {
      const known = settled.get(reference);
      if (known && clock.monotonicMs() < known.untilMs) return Promise.resolve(known.image);
      const shared = underWay.get(reference);
      if (shared) return shared;
      const pull = find(reference).finally(() => underWay.delete(reference));
      underWay.set(reference, pull);
      return pull;
    },
    environmentOf: (reference) => environments.get(reference) ?? [],
    forget: (reference) => settled.delete(reference),
  };
}

/** A registry that cannot be reached takes seconds to say so; a burst of tasks waits for that once. */
const askAgainAfterMs = 60_000;

/** The digest under the image's own repository, or the only one there is. */
function digestOf(reference: string, repoDigests: readonly string[]): string | undefined {
  const [named, given] = reference.split('@');
  if (given !== undefined) return given;
  const slash = (named ?? '').lastIndexOf('/');
  const colon = (named ?? '').lastIndexOf(':');
  const repository = colon > slash ? (named ?? '').slice(0, colon) : (named ?? '');
  const own = repoDigests.find((candidate) => candidate.split('@')[0]?.endsWith(repository)) ?? repoDigests[0];
  return own?.split('@')[1];
}
