import { type Docker, DockerError, type ImageInspect } from '../../world/docker.ts';
import type { Clock, Log } from '../../world/world.ts';
import { StepError, stepError, within } from '../engine-error.ts';
import { type ImageSource, imageSource } from './image-source.ts';
import type { RegistryAccess } from './registry-access.ts';

/** The stock agent's ECS_IMAGE_PULL_BEHAVIOR. */
export type PullBehavior = 'default' | 'always' | 'once' | 'prefer-cached';

export interface ReadyImage {
  /** What the engine knows it by. */
  readonly name: string;
  readonly digest?: string;
  /** Variables of the image itself, `NAME=value`. */
  readonly environment: readonly string[];
  /** When a registry was asked. */
  readonly pulled: boolean;
}

/** Sees to it that the engine has an image. Several who want the same one at once, with the same rights, share one pull. */
export interface Images {
  ensure(reference: string, access: RegistryAccess): Promise<ReadyImage>;
  /** What the engine knows an image by that was ensured. */
  nameOf(reference: string): string;
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
  /** The control plane's URL as this agent reaches it: its registry is there too. */
  readonly endpoint?: string | undefined;
}): Images {
  const { docker, clock, log, behavior, endpoint } = parts;
  const underWay = new Map<string, Promise<ReadyImage>>();
  const environments = new Map<string, readonly string[]>();
  /** Found on the engine and good enough until then: such a task starts without asking the engine or a registry. */
  const settled = new Map<string, { readonly image: ReadyImage; readonly untilMs: number }>();
  const pulledOnce = new Set<string>();

  async function find(reference: string, access: RegistryAccess): Promise<ReadyImage> {
    const { pull, name, isOwn } = imageSource(reference, endpoint);
    const local = await docker.inspectImage(name);
    if (local && isEnough(reference)) {
      const image = ready(reference, local, undefined, false);
      settled.set(reference, { image, untilMs: Number.POSITIVE_INFINITY });
      return image;
    }
    try {
      const authorization = await access.authorization();
      const pulled = await within(clock, parts.pullTimeoutMs, 'pulled', docker.pullImage(pull, authorization));
      if (name !== pull) await docker.tagImage(pull, name);
      pulledOnce.add(reference);
      return ready(reference, await docker.inspectImage(name), pulled.digest, true);
    } catch (error) {
      const reason = stepError('CannotPullContainerError', error);
      // An image that the task may not have, or that its own registry has no more, is not run because it is still here.
      if (!local || behavior === 'always' || ((isOwn || access.key !== '') && isRefusal(error))) throw reason;
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
    const source = imageSource(reference, endpoint);
    const digest = pulledDigest ?? digestOf(reference, source, image?.RepoDigests ?? []);
    return { name: source.name, environment, pulled, ...(digest === undefined ? {} : { digest }) };
  }

  return {
    ensure(reference, access) {
      const known = settled.get(reference);
      if (known && clock.monotonicMs() < known.untilMs) return Promise.resolve(known.image);
      const key = `${reference} ${access.key}`;
      const shared = underWay.get(key);
      if (shared) return shared;
      const pull = find(reference, access).finally(() => underWay.delete(key));
      underWay.set(key, pull);
      return pull;
    },
    nameOf: (reference) => imageSource(reference, endpoint).name,
    environmentOf: (reference) => environments.get(reference) ?? [],
    forget: (reference) => settled.delete(reference),
  };
}

/** A registry that cannot be reached takes seconds to say so; a burst of tasks waits for that once. */
const askAgainAfterMs = 60_000;

/** The registry's own words, through the engine: it answered, and its answer was no. */
function isRefusal(error: unknown): boolean {
  if (error instanceof StepError) return !error.message.startsWith('DockerTimeoutError');
  if (!(error instanceof DockerError)) return false;
  return (
    error.status === 404 ||
    /denied|unauthorized|no basic auth|not authorized|does not exist|unknown/i.test(error.message)
  );
}

/**
 * The digest that the image has in the repository it is named after, or was pulled from. One of another repository, to
 * which it was pushed from here, would name an image that cannot be had where this name says.
 */
function digestOf(reference: string, source: ImageSource, repoDigests: readonly string[]): string | undefined {
  const given = reference.split('@')[1];
  if (given !== undefined) return given;
  const repositories = [repositoryOf(source.name), repositoryOf(source.pull)];
  const own = repoDigests.find((candidate) => repositories.includes(repositoryOf(candidate)));
  return own?.split('@')[1];
}

/** Without tag or digest, and as the engine spells those of Docker Hub. */
function repositoryOf(image: string): string {
  const [name = ''] = image.split('@');
  const colon = name.lastIndexOf(':');
  const untagged = colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
  return untagged.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '');
}
