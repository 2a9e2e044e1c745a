import { DockerError, type ImageInspect } from '../docker.ts';
import { simHash } from './sim-hash.ts';

/** The images of one simulated engine, and the registries it can pull from, with the engine's own wording of refusals. */
export class SimImages {
  readonly #registries: SimRegistries;
  readonly #present = new Map<string, SimImage>();

  constructor(registries: SimRegistries, preloaded: readonly string[]) {
    this.#registries = registries;
    for (const reference of preloaded) {
      const command = this.#registries.repositories[shortNameOf(reference)]?.command;
      this.#present.set(normalize(reference), published(reference, command));
    }
  }

  find(reference: string): SimImage | undefined {
    const found = this.#present.get(normalize(reference));
    if (found) return found;
    return reference.startsWith('sha256:') ? [...this.#present.values()].find(({ id }) => id === reference) : undefined;
  }

  /** What a pull gives: the image, or the reason why not. */
  pull(reference: string): SimImage {
    const image = this.#published(reference);
    this.#present.set(normalize(reference), image);
    return image;
  }

  add(reference: string, changes: readonly string[]): void {
    const image = plain(reference);
    const env: string[] = [];
    const config: { -readonly [Name in keyof SimImage['config']]: SimImage['config'][Name] } = { env };
    for (const change of changes) {
      const [, instruction = '', value = ''] = /^(\S+)\s+(.*)$/s.exec(change) ?? [];
      const name = instruction.toUpperCase();
      if (name === 'ENV') env.push(value);
      else if (name === 'STOPSIGNAL') config.stopSignal = value;
      else if (name === 'ENTRYPOINT') config.entrypoint = wordsOf(value);
      else if (name === 'CMD') config.command = wordsOf(value);
    }
    this.#present.set(normalize(reference), { ...image, config, repoDigests: [], isImported: true });
  }

  tag(reference: string, name: string): void {
    const image = this.find(reference);
    if (!image) throw new DockerError(`No such image: ${reference}`, 404);
    this.#present.set(normalize(name), image);
  }

  remove(reference: string): void {
    if (!this.#present.delete(normalize(reference))) throw new DockerError(`No such image: ${reference}`, 404);
  }

  #published(reference: string): SimImage {
    const { registry, tag } = parseReference(reference);
    if (registry !== 'docker.io' && !this.#registries.hosts.includes(registry)) {
      throw new DockerError(
        `Get "https://${registry}/v2/": dial tcp: lookup ${registry.replace(/:\d+$/, '')}: no such host`,
        500,
      );
    }
    const name = shortNameOf(reference);
    const repository = this.#registries.repositories[name];
    if (!repository) {
      throw new DockerError(
        `pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
        404,
      );
    }
    if (repository.tags && !repository.tags.includes(tag) && !tag.startsWith('sha256:')) {
      throw new DockerError(`manifest for ${name}:${tag} not found: manifest unknown: manifest unknown`, 404);
    }
    return published(reference, repository.command);
  }
}

export interface SimRegistries {
  /** Registry hosts that answer besides Docker Hub. */
  readonly hosts: readonly string[];
  /** By name without registry for Docker Hub, with it for others. Without `tags` every tag exists. */
  readonly repositories: Readonly<
    Record<string, { readonly tags?: readonly string[]; readonly command?: readonly string[] }>
  >;
}

/** A Docker Hub with a few images, as small as tests need. */
export const defaultRegistries: SimRegistries = {
  hosts: ['public.ecr.aws'],
  repositories: {
    busybox: { command: ['sh'] },
    alpine: { command: ['sh'] },
    nginx: { command: ['nginx', '-g', 'daemon off;'] },
    httpd: { command: ['httpd', '-f'] },
    redis: { tags: ['latest', '7', '8'], command: ['redis-server'] },
    'public.ecr.aws/docker/library/busybox': { command: ['sh'] },
    'public.ecr.aws/nginx/nginx': { command: ['nginx', '-g', 'daemon off;'] },
  },
};

export interface SimImage {
  readonly id: string;
  readonly digest: string;
  readonly repoDigests: readonly string[];
  readonly isImported: boolean;
  readonly config: {
    readonly env: readonly string[];
    readonly stopSignal?: string;
    readonly entrypoint?: readonly string[];
    readonly command?: readonly string[];
  };
}

export function inspectImage(image: SimImage): ImageInspect {
  const { env, stopSignal } = image.config;
  return {
    Id: image.id,
    RepoDigests: image.repoDigests,
    Config: { Env: env, ...(stopSignal ? { StopSignal: stopSignal } : {}) },
  };
}

function published(reference: string, command: readonly string[] | undefined): SimImage {
  return { ...plain(reference), config: command ? { env: [], command } : { env: [] } };
}

/** As the engine names a repository to people: without docker.io and library. */
function shortNameOf(reference: string): string {
  const { registry, repository } = parseReference(reference);
  return registry === 'docker.io' ? repository.replace(/^library\//, '') : `${registry}/${repository}`;
}

function plain(reference: string): SimImage {
  const { tag } = parseReference(reference);
  const name = shortNameOf(reference);
  const digest = tag.startsWith('sha256:') ? tag : `sha256:${simHash.sha256Hex(`manifest ${normalize(reference)}`)}`;
  return {
    id: `sha256:${simHash.sha256Hex(`image ${normalize(reference)}`)}`,
    digest,
    repoDigests: [`${name}@${digest}`],
    isImported: false,
    config: { env: [] },
  };
}

function normalize(reference: string): string {
  const { registry, repository, tag } = parseReference(reference);
  return `${registry}/${repository}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`;
}

function parseReference(reference: string): {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
} {
  const [, withTag = reference, digest] = /^(.*)@(sha256:.*)$/.exec(reference) ?? [];
  const [, name = withTag, tag = 'latest'] = /^(.*):([^/]+)$/.exec(withTag) ?? [];
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const repository = hasRegistry ? rest.join('/') : name.includes('/') ? name : `library/${name}`;
  return { registry: hasRegistry ? first : 'docker.io', repository, tag: digest ?? tag };
}

function wordsOf(value: string): readonly string[] {
  const parsed: unknown = value.startsWith('[') ? JSON.parse(value) : ['sh', '-c', value];
  return Array.isArray(parsed) ? parsed.map(String) : [];
}
